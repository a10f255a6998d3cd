import { describe, expect, it } from 'vitest';
import type { RecalledPassage } from '../../src/shared/protocol/turn.ts';
import { state, turn } from './fixtures/conversation.ts';
import { openView, useBrowser, type View } from './page/view.ts';

useBrowser();

const PASSAGE: RecalledPassage = {
  turnId: 1,
  createdAt: Date.UTC(2026, 10, 20, 12),
  role: 'answer',
  text: 'The broker listens on port 5671.\n<b>With TLS only.</b>',
};

const chips = (view: View) => view.page.locator('.recalled summary');
const recalling = turn(9, { recall: { asked: false, passages: [PASSAGE, { ...PASSAGE, role: 'message', text: 'On which port?' }] } });

describe('what was recalled', () => {
  it('is a chip for each passage, which says whose words they are, of when, and how they begin', async () => {
    const view = await openView();
    await view.tell(state([recalling]));
    await expect.poll(() => view.page.getByRole('list', { name: 'Recalled from earlier in the conversation' }).count()).toBe(1);
    const [answer = '', message = ''] = await chips(view).allInnerTexts();
    expect(answer.trim()).toMatch(/^Endless, Nov 20, 2026, .*: The broker listens on port 5671\.$/);
    expect(message.trim()).toMatch(/^You, .*: On which port\?$/);
  });

  it('shows the text of a passage as it is, with a click or with the keyboard', async () => {
    const view = await openView();
    await view.tell(state([recalling]));
    const text = view.page.locator('.recalled details p').first();
    expect(await text.isVisible()).toBe(false);
    await chips(view).first().click();
    await expect.poll(() => text.innerText()).toBe(PASSAGE.text);
    await chips(view).first().press('Enter');
    expect(await text.isVisible()).toBe(false);
  });

  it('stays unfolded while the answer is written', async () => {
    const view = await openView();
    await view.tell(state([{ ...recalling, state: 'running', answer: '' }]));
    await chips(view).first().click();
    await view.tell({ type: 'text', turnId: 9, offset: 0, text: 'Port 5671.' });
    await expect.poll(() => view.page.locator('.recalled details[open]').count()).toBe(1);
  });

  it('says so when there was nothing, to who has asked and nobody else', async () => {
    const view = await openView();
    const asked = { recall: { asked: true, passages: [] } };
    await view.tell(state([turn(1, { ...asked, state: 'running', answer: '' })]));
    const sentence = view.page.getByText('Nothing was recalled');
    expect(await sentence.count()).toBe(0);
    await view.tell({ type: 'turn', turn: turn(1, asked) }, { type: 'turn', turn: turn(2) });
    await expect.poll(() => sentence.count()).toBe(1);
  });
});

describe('/recall', () => {
  it('sends its query and asks for recall', async () => {
    const view = await openView();
    await view.tell(state([turn(1)]));
    await view.type('/recall broker port');
    await view.page.keyboard.press('Enter');
    expect(await view.nextOfType('send')).toMatchObject({ message: 'broker port', asksForRecall: true });
  });

  it('stays where it is without a query, and what it lacks is said', async () => {
    const view = await openView();
    await view.tell(state([turn(1)]), { type: 'showSearch', key: 'a' });
    await view.type('/recall ');
    await view.page.keyboard.press('Enter');
    await expect.poll(() => view.composer.inputValue()).toBe('/recall ');
    await view.page.getByText('/recall needs words to look for').waitFor();
    await expect.poll(() => view.button('Send message').isDisabled()).toBe(true);
    await expect.poll(() => view.searchField.count()).toBe(1);
    expect(await view.postedOfType('send')).toEqual([]);
  });

  it('comes back as it was typed when it is rejected', async () => {
    const view = await openView();
    await view.tell(state([turn(1)]));
    await view.type('/recall broker port');
    await view.page.keyboard.press('Enter');
    const { key } = await view.nextOfType('send');
    await view.tell({ type: 'rejected', key, error: { code: 'no-model', args: {} } });
    await expect.poll(() => view.page.locator('endless-composer textarea').inputValue()).toBe('/recall broker port');
  });
});
