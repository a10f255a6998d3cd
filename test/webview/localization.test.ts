import { expect, it } from 'vitest';
import { state, turn } from './fixtures/conversation.ts';
import { openView, useBrowser } from './page/view.ts';

useBrowser();

it('the sidebar speaks the language of the bundle, numbers included', async () => {
  const view = await openView({
    language: 'de',
    l10nBundle: { 'Message to Endless': 'Nachricht an Endless', You: 'Du', 'today: {0} tokens': 'heute: {0} Token' },
  });
  await view.tell(state([turn(1)]));
  await view.page.getByRole('heading', { name: 'Du' }).waitFor();
  await view.text('heute: 214.380 Token').waitFor();
  expect(view.errors).toEqual([]);
});
