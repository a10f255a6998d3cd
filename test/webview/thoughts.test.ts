import { describe, expect, it } from 'vitest';
import { state, turn } from './fixtures/conversation.ts';
import { openView, useBrowser, type View } from './page/view.ts';

useBrowser();

const RUNNING = turn(1, { state: 'running', answer: '', thoughts: 'First' });
const think = (offset: number, text: string) => ({ type: 'text', turnId: 1, offset, text, isThought: true }) as const;
const say = (text: string) => ({ type: 'text', turnId: 1, offset: 0, text }) as const;
const isOpen = (view: View) => view.page.locator('.thoughts').evaluate((element) => (element as HTMLDetailsElement).open);

describe('what the model thinks', () => {
  it('is seen while it thinks, and folded away when it answers', async () => {
    const view = await openView();
    await view.tell(state([RUNNING]), think(5, ' the **types**.'));
    await view.text('Thinking…').waitFor();
    await expect.poll(() => view.page.locator('.thought').innerText()).toBe('First the types.');
    await expect.poll(() => isOpen(view)).toBe(true);
    await view.tell(say('So'));
    await view.text('Thought for 3 words').waitFor();
    expect(await isOpen(view)).toBe(false);
  });

  it('stays open or closed as the user wants it', async () => {
    const view = await openView();
    await view.tell(state([RUNNING]));
    await view.text('Thinking…').click();
    expect(await isOpen(view)).toBe(false);
    await view.tell(think(5, ' more'));
    expect(await isOpen(view)).toBe(false);
    await view.text('Thinking…').click();
    await view.tell(say('So'));
    await expect.poll(() => isOpen(view)).toBe(true);
  });

  it('is a box that follows what is thought, unless the reader has scrolled', async () => {
    const view = await openView();
    const long = Array.from({ length: 60 }, (_, line) => `Thought ${line}.`).join('\n\n');
    await view.tell(state([{ ...RUNNING, thoughts: long }]));
    const box = view.page.locator('.thought');
    const fromEnd = () => box.evaluate((element) => Math.round(element.scrollHeight - element.clientHeight - element.scrollTop));
    expect(await box.evaluate((element) => element.clientHeight)).toBeLessThan(200);
    await expect.poll(fromEnd).toBe(0);
    await box.evaluate((element) => element.scrollTo(0, 0));
    await view.tell(think(long.length, '\n\nThe last one.'));
    await expect.poll(() => fromEnd()).toBeGreaterThan(100);
  });

  it('is text, whatever it looks like', async () => {
    const view = await openView();
    await view.tell(state([{ ...RUNNING, thoughts: '<img src=x onerror="document.body.dataset.owned = 1">' }]));
    await view.page.locator('.thought').getByText('<img').waitFor();
    expect(await view.page.locator('.thought img').count()).toBe(0);
  });
});
