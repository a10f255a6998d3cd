import { describe, expect, it } from 'vitest';
import { state, status, turn, turns } from './fixtures/conversation.ts';
import { openView, useBrowser, type View } from './page/view.ts';

useBrowser();

const LONG = Array.from({ length: 12 }, (_, index) => `Paragraph ${index}.`).join('\n\n');
const RUNNING = turn(31, { state: 'running', message: 'go on', answer: 'Once' });

async function wheelUp(view: View, pixels: number): Promise<void> {
  const scrollTop = (): Promise<number> => view.scroller.evaluate((element) => element.scrollTop);
  await view.scroller.hover();
  const from = await scrollTop();
  await view.page.mouse.wheel(0, -pixels);
  await expect.poll(scrollTop).toBe(Math.max(0, from - pixels));
}

describe('the transcript', () => {
  it('starts at the newest answer and follows it', async () => {
    const view = await openView();
    await view.tell(state([...turns(1, 30), RUNNING]));
    expect(await view.distanceFromEnd()).toBe(0);
    await view.tell({ type: 'text', turnId: 31, offset: 4, text: `\n\n${LONG}` });
    await expect.poll(() => view.distanceFromEnd()).toBe(0);
  });

  it('lets the reader alone who has scrolled up', async () => {
    const view = await openView();
    await view.tell(state([...turns(1, 30), RUNNING]));
    await wheelUp(view, 600);
    await view.button('Jump to latest').waitFor();
    const before = await view.scroller.evaluate((element) => element.scrollTop);
    await view.tell({ type: 'text', turnId: 31, offset: 4, text: `\n\n${LONG}` });
    expect(await view.scroller.evaluate((element) => element.scrollTop)).toBe(before);
  });

  it('jumps to the latest on demand, and follows again', async () => {
    const view = await openView();
    await view.tell(state([...turns(1, 30), RUNNING]));
    await wheelUp(view, 600);
    await view.button('Jump to latest').click();
    await expect.poll(() => view.distanceFromEnd()).toBe(0);
    await expect.poll(() => view.button('Jump to latest').count()).toBe(0);
    await view.tell({ type: 'text', turnId: 31, offset: 4, text: `\n\n${LONG}` });
    await expect.poll(() => view.distanceFromEnd()).toBe(0);
  });

  it('goes to the end when a message is sent', async () => {
    const view = await openView();
    await view.tell(state(turns(1, 30)));
    await wheelUp(view, 600);
    await view.button('Jump to latest').waitFor();
    await view.type('hello');
    await view.page.keyboard.press('Enter');
    await expect.poll(() => view.distanceFromEnd()).toBe(0);
  });

  /** Long turns: a page of them is many times as high as what is seen. */
  const page = (from: number, to: number) => turns(from, to).map((each) => ({ ...each, answer: LONG }));
  const top = (view: View, id: number) => view.turn(id).evaluate((element) => element.getBoundingClientRect().top);

  it('asks for earlier turns before its beginning is reached, once, and keeps the place to the pixel when they come', async () => {
    const view = await openView();
    await view.tell(state(page(51, 100), { hasEarlier: true }));
    await wheelUp(view, 2_000);
    await view.button('Jump to latest').waitFor();
    expect(await view.postedOfType('earlier')).toEqual([]);
    await view.scroller.evaluate((element) => (element.scrollTop = element.clientHeight * 1.5));
    expect(await view.nextOfType('earlier')).toEqual({ type: 'earlier', before: 51 });
    const before = await top(view, 53);
    await view.tell({ type: 'earlier', before: 51, turns: page(1, 50), hasEarlier: false });
    expect(await view.turn(1).count()).toBe(1);
    expect(Math.abs((await top(view, 53)) - before)).toBeLessThan(1);
    expect(await view.postedOfType('earlier')).toHaveLength(1);
  });

  it('keeps the place at the very beginning, too', async () => {
    const view = await openView();
    await view.tell(state(page(51, 100), { hasEarlier: true }));
    await view.scroller.evaluate((element) => (element.scrollTop = 0));
    await view.nextOfType('earlier');
    const before = await top(view, 51);
    await view.tell({ type: 'earlier', before: 51, turns: page(1, 50), hasEarlier: true });
    // A pixel is what the browser needs in order to hold on to what is seen.
    expect(Math.abs((await top(view, 51)) - before)).toBeLessThanOrEqual(1);
  });

  it('keeps the place when what is above it goes, and when what is below it does', async () => {
    const view = await openView();
    await view.tell(state(page(801, 1000), { hasEarlier: true }));
    await view.scroller.evaluate((element) => (element.scrollTop = 100));
    await view.nextOfType('earlier');
    const above = await top(view, 802);
    await view.tell({ type: 'earlier', before: 801, turns: page(751, 800), hasEarlier: true });
    expect(await view.turn(1000).count()).toBe(0);
    expect(Math.abs((await top(view, 802)) - above)).toBeLessThan(1);
    await view.scroller.evaluate((element) => (element.scrollTop = element.scrollHeight - element.clientHeight * 2));
    expect(await view.nextOfType('later')).toEqual({ type: 'later', after: 950 });
    const below = await top(view, 948);
    await view.tell({ type: 'later', after: 950, turns: page(951, 1000), hasLater: false });
    expect(await view.turn(751).count()).toBe(0);
    expect(Math.abs((await top(view, 948)) - below)).toBeLessThan(1);
  });

  it('does not ask on and on when a page cannot be had', async () => {
    const view = await openView();
    await view.tell(state(page(51, 100), { hasEarlier: true }));
    await view.scroller.evaluate((element) => (element.scrollTop = 200));
    await view.nextOfType('earlier');
    await view.tell({ type: 'earlier', before: 51, turns: [], hasEarlier: true });
    await view.scroller.evaluate((element) => (element.scrollTop = 150));
    await view.tell({ type: 'status', status: status() });
    expect(await view.postedOfType('earlier')).toHaveLength(1);
    await view.button('Load earlier messages').click();
    await expect.poll(() => view.postedOfType('earlier')).toHaveLength(2);
  });

  it('is where it was after a reload', async () => {
    const view = await openView();
    await view.tell(state(turns(1, 30)));
    await wheelUp(view, 700);
    await view.button('Jump to latest').waitFor();
    const before = await view.scroller.evaluate((element) => element.scrollTop);
    await view.reload();
    await view.tell(state(turns(1, 30)));
    await expect.poll(() => view.scroller.evaluate((element) => element.scrollTop)).toBe(before);
    // Also when there is more above than before.
    const place = await top(view, 28);
    await view.reload();
    await view.tell(state([...page(1, 20), ...turns(21, 30)]));
    await expect.poll(() => top(view, 28)).toBeCloseTo(place, 0);
    await view.button('Jump to latest').waitFor();
  });
});
