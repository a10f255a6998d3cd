import { describe, expect, it } from 'vitest';
import { cache, state, status, turn, turns } from './fixtures/conversation.ts';
import { openView, useBrowser, type View } from './page/view.ts';

useBrowser();

/** Five turns, of which the last three are in the cache. */
const FIVE = state(turns(1, 5), { status: status({ cache: cache([10, 10, 10], 5), evictedUpTo: 2 }) });

async function told(message = FIVE): Promise<View> {
  const view = await openView();
  await view.tell(message);
  return view;
}

const hasFocus = (view: View, selector: string) => view.page.evaluate((wanted) => document.activeElement?.matches(wanted), selector);
const announced = (view: View) => view.page.locator('endless-announcer [aria-live=polite]').textContent();
const opacity = (view: View, turnId: number) =>
  view
    .turn(turnId)
    .locator('endless-toolbar')
    .first()
    .evaluate((element) => getComputedStyle(element).opacity);

describe('the tools of a turn', () => {
  it('are seen where the mouse or the focus is', async () => {
    const view = await told();
    await expect.poll(() => opacity(view, 4)).toBe('0');
    await view.turn(4).hover();
    await expect.poll(() => opacity(view, 4)).toBe('1');
    await view.tool(3, 'message', 'copy').focus();
    await expect.poll(() => opacity(view, 3)).toBe('1');
  });

  it('are one stop for the Tab key, and the arrows lead through them', async () => {
    const view = await told();
    await view.tool(5, 'message', 'edit').focus();
    await view.page.keyboard.press('ArrowRight');
    await expect.poll(() => hasFocus(view, '[data-turn="5"] .message [data-tool="copy"]')).toBe(true);
    await view.page.keyboard.press('End');
    await expect.poll(() => hasFocus(view, '[data-tool="forget"]')).toBe(true);
    await view.page.keyboard.press('ArrowRight');
    await expect.poll(() => hasFocus(view, '[data-tool="edit"]')).toBe(true);
    await view.page.keyboard.press('Tab');
    await expect.poll(() => hasFocus(view, '[data-turn="5"] .answer [data-tool="copy"]')).toBe(true);
    await view.page.keyboard.press('Shift+Tab');
    await expect.poll(() => hasFocus(view, '[data-turn="5"] .message [data-tool="edit"]')).toBe(true);
  });

  it('copy the message, and the answer as Markdown', async () => {
    const view = await told(state([turn(1, { message: 'a *b*', answer: 'It is **bold**.' })]));
    await view.tool(1, 'message', 'copy').click();
    expect(await view.nextOfType('copy')).toEqual({ type: 'copy', text: 'a *b*' });
    await view.button('Copied').waitFor();
    await view.tool(1, 'answer', 'copy').click();
    expect((await view.nextOfType('copy')).text).toBe('It is **bold**.');
    await expect.poll(() => view.button('Copied').count()).toBe(1);
  });

  it('answer the last message anew, with what it was asked with', async () => {
    const view = await told(state([turn(1), turn(2, { message: 'port', recall: { asked: true, passages: [] } })]));
    expect(await view.tool(1, 'answer', 'regenerate').count()).toBe(0);
    await view.tool(2, 'answer', 'regenerate').click();
    const sent = await view.nextOfType('send');
    expect(sent).toMatchObject({ message: 'port', asksForRecall: true, replaces: 2 });
    await view.messages.last().getByText('Sending…').waitFor();
    await expect.poll(() => view.messages.locator('p').allTextContents()).toEqual(['Question 1', 'port']);
    await expect.poll(() => hasFocus(view, 'endless-composer textarea')).toBe(true);
    await view.tell({ type: 'rejected', key: sent.key, error: { code: 'disk-full', args: {} } });
    expect([await view.messages.count(), await view.composer.inputValue()]).toEqual([2, '']);
  });
});

describe('a message that is changed', () => {
  it('is sent in its place, and stands there until the transcript has it', async () => {
    const view = await told();
    await view.tool(4, 'message', 'edit').click();
    await view.text('The message behind it leaves the conversation.').waitFor();
    await expect.poll(() => view.editor(4).inputValue()).toBe('Question 4');
    await view.page.keyboard.insertText(' and more');
    await view.page.keyboard.press('Enter');
    const { key, ...sent } = await view.nextOfType('send');
    expect(sent).toEqual({ type: 'send', message: 'Question 4 and more', replaces: 4 });
    await view.tell(
      { type: 'forgotten', turnId: 4, andLater: true },
      { type: 'turn', turn: turn(6, { state: 'running', message: sent.message, answer: '' }) },
      { type: 'accepted', key },
    );
    await expect
      .poll(() => view.messages.locator('p').allTextContents())
      .toEqual(['Question 1', 'Question 2', 'Question 3', 'Question 4 and more']);
    await expect.poll(() => hasFocus(view, 'endless-composer textarea')).toBe(true);
  });

  it('stays as it was with Escape, which stops nothing and gives the focus back', async () => {
    const view = await told(state([turn(1), turn(2, { state: 'running', answer: 'Well' })]));
    await view.tool(1, 'message', 'edit').click();
    await view.editor(1).fill('changed');
    await view.page.keyboard.press('Escape');
    await view.tool(1, 'message', 'edit').waitFor();
    await expect.poll(() => hasFocus(view, '[data-turn="1"] [data-tool="edit"]')).toBe(true);
    expect([await view.postedOfType('stop'), await view.postedOfType('send')]).toEqual([[], []]);
  });

  it('says what is read again where its place has left the cache', async () => {
    const view = await told();
    await view.tool(1, 'message', 'edit').click();
    await view
      .text(
        'The 4 messages behind it leave the conversation. Its place has left the cache: up to 4,000 tokens are read again, in about 6.5 s.',
      )
      .waitFor();
    await view.tool(5, 'message', 'edit').click();
    await view.text('Its answer is written anew.').waitFor();
  });

  it('keeps its changes while answers come, and over a reload', async () => {
    const view = await told();
    await view.tool(4, 'message', 'edit').click();
    await view.editor(4).fill('half a thou');
    await view.tell({ type: 'turn', turn: turn(6, { state: 'running', answer: 'Well' }) });
    await expect.poll(() => view.editor(4).inputValue()).toBe('half a thou');
    await view.reload();
    await view.tell(FIVE);
    await expect.poll(() => view.editor(4).inputValue()).toBe('half a thou');
    expect(await hasFocus(view, '.edit textarea')).toBe(false);
  });

  it('comes back to its place when it is rejected', async () => {
    const view = await told();
    await view.tool(4, 'message', 'edit').click();
    await view.editor(4).fill('precious words');
    await view.button('Send').click();
    const { key } = await view.nextOfType('send');
    await view.tell({ type: 'rejected', key, error: { code: 'message-too-long', args: { tokens: 900, window: 512 } } });
    await expect.poll(() => view.editor(4).inputValue()).toBe('precious words');
    await view.page.getByRole('alert').getByText('900 tokens').waitFor();
  });

  it('goes into the composer when its turn is forgotten elsewhere', async () => {
    const view = await told();
    await view.tool(4, 'message', 'edit').click();
    await view.editor(4).fill('precious words');
    await view.tell({ type: 'forgotten', turnId: 4 });
    await expect.poll(() => view.composer.inputValue()).toBe('precious words');
  });

  it('waits for what is on its way, says so, and keeps the focus', async () => {
    const view = await told();
    await view.type('first');
    await view.page.keyboard.press('Enter');
    const { key } = await view.nextOfType('send');
    await view.tool(4, 'message', 'edit').click();
    await expect.poll(() => hasFocus(view, '.edit textarea')).toBe(true);
    await view.page.keyboard.insertText(' and more');
    await view.page.keyboard.press('Enter');
    await view.page.getByRole('status').getByText('Another message is still on its way').waitFor();
    expect([await view.button('Send').isDisabled(), await hasFocus(view, '.edit textarea')]).toEqual([true, true]);
    await expect.poll(() => view.postedOfType('send')).toHaveLength(1);
    await view.tell({ type: 'accepted', key });
    await view.page.keyboard.press('Enter');
    expect(await view.nextOfType('send')).toMatchObject({ message: 'Question 4 and more', replaces: 4 });
    expect(await view.text('Another message is still on its way').count()).toBe(0);
  });

  it('is not sent empty', async () => {
    const view = await told();
    await view.tool(4, 'message', 'edit').click();
    await view.editor(4).fill(' ');
    await view.page.keyboard.press('Enter');
    await expect.poll(() => view.button('Send').isDisabled()).toBe(true);
    expect(await view.postedOfType('send')).toEqual([]);
  });
});

describe('forgetting', () => {
  it('asks for nothing at the end, and the focus goes to what is before', async () => {
    const view = await told();
    await view.tool(5, 'message', 'forget').click();
    expect(await view.nextOfType('forget')).toEqual({ type: 'forget', turnId: 5 });
    await view.tell({ type: 'forgotten', turnId: 5 });
    await expect.poll(() => hasFocus(view, '[data-turn="4"]')).toBe(true);
    await expect.poll(() => announced(view)).toBe('Message forgotten');
  });

  it('asks in the middle, and the focus goes to what is behind', async () => {
    const view = await told();
    await view.tool(2, 'message', 'forget').click();
    await view.text('Forget this message and its answer? Its tokens leave the cache.').waitFor();
    await expect.poll(() => hasFocus(view, '.question .cancel')).toBe(true);
    expect(await view.postedOfType('forget')).toEqual([]);
    await view.turn(2).locator('.question').getByRole('button', { name: 'Forget' }).click();
    expect(await view.nextOfType('forget')).toEqual({ type: 'forget', turnId: 2 });
    await view.tell({ type: 'forgotten', turnId: 2 });
    await expect.poll(() => hasFocus(view, '[data-turn="3"]')).toBe(true);
  });

  it('is given up with Escape, which gives the focus back', async () => {
    const view = await told();
    await view.tool(2, 'message', 'forget').click();
    await expect.poll(() => hasFocus(view, '.question .cancel')).toBe(true);
    await view.page.keyboard.press('Escape');
    await expect.poll(() => hasFocus(view, '[data-turn="2"] [data-tool="forget"]')).toBe(true);
    expect(await view.page.locator('.question').count()).toBe(0);
  });

  it('of the only turn leaves the focus to the composer', async () => {
    const view = await told(state([turn(1)]));
    await view.tool(1, 'message', 'forget').click();
    await view.tell({ type: 'forgotten', turnId: 1 });
    await expect.poll(() => hasFocus(view, 'endless-composer textarea')).toBe(true);
  });

  it('leaves the focus alone where it is elsewhere', async () => {
    const view = await told();
    await view.composer.focus();
    await view.tell({ type: 'forgotten', turnId: 2 });
    await expect.poll(() => hasFocus(view, 'endless-composer textarea')).toBe(true);
  });
});

describe('pinning', () => {
  it('is asked for, told and shown', async () => {
    const view = await told();
    const pin = view.tool(5, 'message', 'pin');
    await expect.poll(() => pin.getAttribute('aria-pressed')).toBe('false');
    await pin.click();
    expect(await view.nextOfType('pin')).toEqual({ type: 'pin', turnId: 5, pinned: true });
    await view.tell({ type: 'turn', turn: turn(5, { pinned: true }) });
    await expect.poll(() => pin.getAttribute('aria-pressed')).toBe('true');
    await view.messages.last().getByText('Pinned').waitFor();
    await expect.poll(() => announced(view)).toBe('Message pinned');
    await pin.click();
    expect((await view.nextOfType('pin')).pinned).toBe(false);
  });

  it('of what has left the cache is not possible, and says why', async () => {
    const view = await told();
    const pin = view.tool(1, 'message', 'pin');
    await expect.poll(() => pin.getAttribute('aria-disabled')).toBe('true');
    await expect.poll(() => pin.getAttribute('title')).toBe("Only what is in the model's cache can be pinned");
    await pin.click({ force: true });
    expect(await view.postedOfType('pin')).toEqual([]);
  });

  it('that is refused is explained, with the cache behind a button', async () => {
    const view = await told();
    await view.tell({ type: 'refused', error: { code: 'pins-too-large', args: {} } });
    await view.page.getByRole('alert').getByText('half of the window').waitFor();
    await view.button('Show cache').click();
    expect(await view.nextOfType('action')).toEqual({ type: 'action', action: 'showCache' });
    await view.button('Dismiss').click();
    await view.page.getByRole('alert').waitFor({ state: 'detached' });
  });
});

describe('a message that waits', () => {
  const QUEUED = state([turn(1, { state: 'running', answer: 'Well' }), turn(2, { state: 'queued', message: 'and then?', answer: '' })]);

  it('goes back into the empty composer when it is cancelled', async () => {
    const view = await told(QUEUED);
    await view.button('Cancel').click();
    expect(await view.nextOfType('forget')).toEqual({ type: 'forget', turnId: 2, givesBack: true });
    await expect.poll(() => view.composer.inputValue()).toBe('and then?');
    await expect.poll(() => hasFocus(view, 'endless-composer textarea')).toBe(true);
  });

  it('leaves what is being written as it is when it is cancelled, and gives back what is attached to it', async () => {
    const view = await told(QUEUED);
    await view.type('typing');
    await view.button('Cancel').click();
    expect(await view.nextOfType('forget')).toEqual({ type: 'forget', turnId: 2, givesBack: true });
    await expect.poll(() => view.composer.inputValue()).toBe('typing');
  });

  it('stands in front of what is being written when it is to be edited', async () => {
    const view = await told(QUEUED);
    await view.type('typing');
    await view.button('Edit').click();
    expect(await view.nextOfType('forget')).toEqual({ type: 'forget', turnId: 2, givesBack: true });
    await expect.poll(() => view.composer.inputValue()).toBe('and then?\n\ntyping');
  });
});
