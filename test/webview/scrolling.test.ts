import { describe, expect, it } from 'vitest';
import { state, turn, turns } from './fixtures/conversation.ts';
import { openView, useBrowser, type View } from './page/view.ts';

useBrowser();

const LONG = Array.from({ length: 12 }, (_, index) => `Paragraph ${index}.`).join('\n\n');
const RUNNING = turn(31, { state: 'running', message: 'go on', answer: 'Once' });

async function wheelUp(view: View, pixels: number): Promise<void> {
  await view.scroller.hover();
  await view.page.mouse.wheel(0, -pixels);
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

  it('asks for earlier turns at the top, and keeps the place when they come', async () => {
    const view = await openView();
    await view.tell(state(turns(21, 40), { hasEarlier: true }));
    await wheelUp(view, 20_000);
    expect(await view.nextOfType('earlier')).toEqual({ type: 'earlier', before: 21 });
    const top = () => view.text('Question 21').evaluate((element) => Math.round(element.getBoundingClientRect().top));
    const before = await top();
    await view.tell({ type: 'earlier', before: 21, turns: turns(1, 20), hasEarlier: true });
    expect(Math.abs((await top()) - before)).toBeLessThan(60);
    expect(await view.postedOfType('earlier')).toHaveLength(1);
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
    await view.button('Jump to latest').waitFor();
  });
});
