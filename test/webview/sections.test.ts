import { describe, expect, it } from 'vitest';
import { state, status, turn } from './fixtures/conversation.ts';
import { openView, useBrowser, type View } from './page/view.ts';

useBrowser();

const FIRST = turn(1);
const SECOND = turn(2);
const THIRD = turn(3, { section: 1 });

/** What stands in the transcript, from top to bottom: messages, and the lines between turns. */
async function order(view: View): Promise<readonly string[]> {
  const lines = await view.page.locator('.message p, .divider, .section-divider').allInnerTexts();
  return lines.map((line) => line.trim());
}

const separators = (view: View) => view.page.getByRole('separator', { name: 'New section' });

describe('a new section', () => {
  it('is divided from the turns before it', async () => {
    const view = await openView();
    await view.tell(state([FIRST, SECOND, THIRD, turn(4, { section: 1 })], { status: status({ section: 1 }) }));
    await expect.poll(() => order(view)).toEqual(['Question 1', 'Question 2', 'New section', 'Question 3', 'Question 4']);
    await expect.poll(() => separators(view).count()).toBe(1);
  });

  it('is announced at the end before its first turn is there, and above a message that is on its way', async () => {
    const view = await openView();
    await view.tell(state([FIRST, SECOND]));
    expect(await separators(view).count()).toBe(0);
    await view.tell({ type: 'status', status: status({ section: 1 }) });
    await expect.poll(() => order(view)).toEqual(['Question 1', 'Question 2', 'New section']);
    await view.type('On its way');
    await view.page.keyboard.press('Enter');
    await expect.poll(() => order(view)).toEqual(['Question 1', 'Question 2', 'New section', 'On its way']);
    const { key } = await view.nextOfType('send');
    await view.tell({ type: 'turn', turn: turn(3, { section: 1, message: 'On its way' }) }, { type: 'accepted', key });
    await expect.poll(() => order(view)).toEqual(['Question 1', 'Question 2', 'New section', 'On its way']);
  });

  it('has nothing to be divided from in an empty conversation', async () => {
    const view = await openView();
    await view.tell(state([], { status: status({ section: 1 }) }));
    expect(await separators(view).count()).toBe(0);
  });

  it('has nothing to be divided from at the top of a page, until the page before it is there', async () => {
    const view = await openView();
    await view.tell(state([THIRD], { hasEarlier: true, status: status({ section: 1 }) }));
    expect(await separators(view).count()).toBe(0);
    await view.tell({ type: 'earlier', before: 3, turns: [FIRST, SECOND], hasEarlier: false });
    await expect.poll(() => order(view)).toEqual(['Question 1', 'Question 2', 'New section', 'Question 3']);
  });

  it('is divided once where the numbers in between have no turns', async () => {
    const view = await openView();
    await view.tell(state([FIRST, turn(2, { section: 4 })], { status: status({ section: 4 }) }));
    await expect.poll(() => separators(view).count()).toBe(1);
  });

  it('is still there when its only turn is forgotten', async () => {
    const view = await openView();
    await view.tell(state([FIRST, THIRD], { status: status({ section: 1 }) }), { type: 'forgotten', turnId: THIRD.id });
    await expect.poll(() => order(view)).toEqual(['Question 1', 'New section']);
  });

  it('follows the line of what has left the cache, where both are at the same place', async () => {
    const view = await openView();
    await view.tell(state([FIRST, SECOND, THIRD], { status: status({ section: 1, evictedUpTo: 2 }) }));
    await expect
      .poll(() => order(view))
      .toEqual(['Question 1', 'Question 2', "No longer in the model's cache", 'New section', 'Question 3']);
  });
});
