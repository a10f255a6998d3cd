import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { cache, state, status, turn, turns } from './fixtures/conversation.ts';
import { SCENES } from './fixtures/scenes.ts';
import { violations } from './page/axe.ts';
import { openView, useBrowser, type View } from './page/view.ts';

const FOLDER = fileURLToPath(new URL('../../test-results/screenshots/webview/', import.meta.url));
const PINS = { code: 'pins-too-large', args: { tokens: 5210, most: 4096, title: 'The project is called Nebula' } } as const;

/** What the user has to do to see something, beginning with a scene. */
const STEPS: Readonly<Record<string, readonly [scene: string, act: (view: View) => Promise<void>]>> = {
  toolbars: ['chat', async (view) => view.tool(23, 'message', 'pin').focus()],
  pinned: ['pinned', async (view) => view.turn(23).hover()],
  'thoughts-open': ['pinned', async (view) => view.page.getByText('Thought for 8 words').click()],
  edit: [
    'chat',
    async (view) => {
      await view.tell(
        state([turn(2, { message: 'What is a KV cache, and why?' }), ...turns(3, 9)], { status: status({ cache: cache([10], 9) }) }),
      );
      await view.tool(2, 'message', 'edit').click();
      await view.editor(2).waitFor();
    },
  ],
  question: ['chat', async (view) => view.tool(23, 'message', 'forget').click()],
  refused: ['chat', async (view) => view.tell({ type: 'refused', error: PINS })],
  slash: ['chat', async (view) => view.type('/')],
  'slash-one': ['chat', async (view) => view.type('/c')],
  help: [
    'chat',
    async (view) => {
      await view.type('/help');
      await view.page.keyboard.press('Enter');
      await view.page.getByRole('region', { name: 'Help' }).waitFor();
    },
  ],
  queue: ['generating', async (view) => view.turn(25).hover()],
};

useBrowser();

/** Pictures for the eye; what they must show is asserted elsewhere. Nothing may overflow sideways, and axe finds nothing. */
it.each(['dark-modern', 'light', 'hc-dark', 'hc-light'] as const)('what can be done with messages is drawn in %s', async (theme) => {
  await mkdir(FOLDER, { recursive: true });
  const view = await openView({ theme, width: 260, reducedMotion: true, scale: 2 });
  for (const [name, [scene, act]] of Object.entries(STEPS)) {
    await view.page.evaluate(() => sessionStorage.clear());
    await view.reload();
    await view.tell(...SCENES[scene]!);
    await act(view);
    const overflow = await view.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(overflow, name).toBe(0);
    await view.page.screenshot({ path: `${FOLDER}actions-${name}-${theme}-260.png` });
    expect(await violations(view), name).toEqual([]);
  }
});
