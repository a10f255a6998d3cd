import { describe, expect, it } from 'vitest';
import type { HostMessage } from '../../src/shared/view-messages.ts';
import { state, turns } from './fixtures/conversation.ts';
import { HITS } from './fixtures/scenes.ts';
import { openView, useBrowser, type View } from './page/view.ts';

useBrowser();

const found = (query: string, hits = HITS): HostMessage => ({ type: 'found', query, hits: [...hits] });

/** The search, with hits for `token`. */
async function searched(): Promise<View> {
  const view = await openView();
  await view.tell(state(turns(21, 24), { hasEarlier: true }), { type: 'showSearch', key: 'a' });
  await view.page.keyboard.insertText('token');
  await view.tell(found('token'));
  return view;
}

const focused = (view: View): Promise<string> => view.page.evaluate(() => document.activeElement!.className);
const said = (view: View) => view.page.locator('endless-search [role=status]').innerText();

/** Pixels between the beginning of a turn and the upper edge of the transcript. */
const top = (view: View, id: number): Promise<number> =>
  view.turn(id).evaluate((element) => {
    const edge = element.closest('.scroller')!.getBoundingClientRect().top;
    return Math.round(element.getBoundingClientRect().top - edge);
  });

describe('the search', () => {
  it('opens with the cursor in its field, and asks the host for what is typed', async () => {
    const view = await openView();
    await view.tell(state(turns(1, 3)), { type: 'showSearch', key: 'a' });
    await view.page.keyboard.insertText(' tok');
    await expect.poll(() => view.postedOfType('search')).toEqual([{ type: 'search', query: 'tok' }]);
    await expect.poll(() => view.postedOfType('done')).toEqual([{ type: 'done', key: 'a' }]);
    await expect.poll(() => said(view)).toBe('Messages that were answered, and their answers, are searched.');
  });

  it('takes no more of a pasted text than the engine looks for', async () => {
    const view = await openView();
    await view.tell(state(turns(1, 3)), { type: 'showSearch', key: 'a' });
    await view.page.keyboard.insertText('x'.repeat(100_000));
    await expect.poll(() => view.postedOfType('search')).toEqual([{ type: 'search', query: 'x'.repeat(1_000) }]);
  });

  it('does not open on the welcome page, and not later either', async () => {
    const view = await openView();
    await view.tell({ type: 'state', connection: { kind: 'noModel' } }, { type: 'showSearch', key: 'a' });
    await view.tell(state([]));
    await view.scroller.waitFor();
    expect(await view.searchField.count()).toBe(0);
  });

  it('shows who said it, when, and what matches, and says how many places there are', async () => {
    const view = await searched();
    await expect.poll(() => view.hits.count()).toBe(3);
    const [first] = await view.hits.allInnerTexts();
    expect(first).toMatch(/^Endless\s+Nov 21, 2026, .*\s+The tokenizer returns/);
    await expect.poll(() => view.hits.nth(1).locator('mark').allInnerTexts()).toEqual(['tokens']);
    await expect.poll(() => said(view)).toBe('3 places');
  });

  it('says that there may be more places than it tells', async () => {
    const view = await searched();
    await view.tell(
      found(
        'token',
        Array.from({ length: 100 }, () => HITS[0]!),
      ),
    );
    await expect.poll(() => said(view)).toBe('The best 100 places; there may be more.');
  });

  it('says that nothing was found, and why nothing could be', async () => {
    const view = await searched();
    await view.searchField.fill('marmalade');
    await view.tell(found('marmalade', []));
    await expect.poll(() => said(view)).toBe('Nothing was found for “marmalade”.');
    await view.tell({ ...found('marmalade', []), error: { code: 'engine-crashed', args: {} } } as HostMessage);
    await view.page.getByRole('alert').getByText('The engine stopped').waitFor();
    await view.button('Restart engine').waitFor();
  });

  it('asks nobody for nothing, and takes back what it showed', async () => {
    const view = await searched();
    await view.searchField.fill('  ');
    await expect.poll(() => view.hits.count()).toBe(0);
    await expect.poll(() => view.postedOfType('search')).toHaveLength(1);
  });

  it('does not show what was found for something else', async () => {
    const view = await searched();
    await view.searchField.fill('tokens');
    await view.tell(found('toke', []));
    await expect.poll(() => view.hits.count()).toBe(3);
    await view.tell(found('tokens', HITS.slice(1, 2)));
    await expect.poll(() => view.hits.count()).toBe(1);
  });

  it('takes nothing in a text for a tag', async () => {
    const view = await searched();
    await view.tell(found('token', [{ ...HITS[0]!, excerpt: '<img src=x onerror=alert(1)> token', ranges: [{ start: 0, end: 4 }] }]));
    expect(await view.page.locator('.hit img').count()).toBe(0);
    await expect.poll(() => view.hits.innerText()).toContain('<img src=x onerror=alert(1)> token');
  });

  it('is gone through with the arrows; Enter shows a turn', async () => {
    const view = await searched();
    await view.page.keyboard.press('ArrowDown');
    await view.page.keyboard.press('ArrowDown');
    await expect.poll(() => view.hits.nth(1).evaluate((element) => element === document.activeElement)).toBe(true);
    await view.page.keyboard.press('ArrowUp');
    await view.page.keyboard.press('ArrowUp');
    await expect.poll(() => view.searchField.evaluate((element) => element === document.activeElement)).toBe(true);
    await view.page.keyboard.press('Enter');
    expect(await view.nextOfType('around')).toEqual({ type: 'around', turnId: 24 });
    await expect.poll(() => view.searchField.count()).toBe(0);
  });

  it('closes on Escape without stopping an answer, and is as it was when it opens again', async () => {
    const view = await searched();
    await view.tell({ type: 'turn', turn: { ...turns(25, 25)[0]!, state: 'running' } });
    await view.page.keyboard.press('Escape');
    await expect.poll(() => view.searchField.count()).toBe(0);
    expect(await view.postedOfType('stop')).toEqual([]);
    await expect.poll(() => view.composer.evaluate((element) => element === document.activeElement)).toBe(true);
    await view.tell({ type: 'showSearch', key: 'b' });
    await expect.poll(() => view.searchField.inputValue()).toBe('token');
    await expect.poll(() => view.hits.count()).toBe(3);
  });

  it('covers the transcript, which cannot be reached meanwhile', async () => {
    const view = await searched();
    await expect.poll(() => view.page.locator('endless-transcript').evaluate((element) => (element as HTMLElement).inert)).toBe(true);
    await view.page.keyboard.press('Escape');
    await expect.poll(() => view.page.locator('endless-transcript').evaluate((element) => (element as HTMLElement).inert)).toBe(false);
  });

  it('finds nothing any more when the conversation has been cleared', async () => {
    const view = await searched();
    const { conversation } = state([]) as Extract<HostMessage, { type: 'state' }>;
    await view.tell({ type: 'replaced', conversation: conversation! });
    expect(await view.hits.count()).toBe(0);
  });
});

describe('a turn that was found', () => {
  const AROUND: HostMessage = { type: 'around', turnId: 500, turns: turns(475, 525), hasEarlier: true, hasLater: true };

  async function jumped(): Promise<View> {
    const view = await openView();
    await view.tell(state(turns(9951, 10_000), { hasEarlier: true }));
    await view.choose(500);
    await view.tell(AROUND);
    await expect.poll(() => focused(view)).toContain('target');
    return view;
  }

  it('stands at the top, has the focus, and the turns around it are there', async () => {
    const view = await jumped();
    expect(await top(view, 500)).toBe(0);
    await expect.poll(() => view.turn(500).evaluate((element) => element === document.activeElement)).toBe(true);
    await expect.poll(() => view.messages.count()).toBe(51);
    await view.button('Jump to latest').waitFor();
  });

  it('is shown again when it is chosen again', async () => {
    const view = await jumped();
    await view.scroller.evaluate((element) => (element.scrollTop += 300));
    await view.choose(500);
    await view.tell(AROUND);
    await expect.poll(() => top(view, 500)).toBe(0);
  });

  it('is followed by later turns where the reader gets to the end of the page, who stays there', async () => {
    const view = await jumped();
    await view.scroller.evaluate((element) => (element.scrollTop = element.scrollHeight));
    expect(await view.nextOfType('later')).toEqual({ type: 'later', after: 525 });
    const before = await top(view, 525);
    await view.tell({ type: 'later', after: 525, turns: turns(526, 575), hasLater: true });
    expect(await top(view, 525)).toBe(before);
    await expect.poll(() => view.turn(575).count()).toBe(1);
  });

  it('is left for the newest with one click, which needs no host', async () => {
    const view = await jumped();
    await view.button('Jump to latest').click();
    await view.turn(10_000).waitFor();
    await expect.poll(() => view.distanceFromEnd()).toBe(0);
    expect(await view.turn(500).count()).toBe(0);
    await expect.poll(() => view.button('Jump to latest').count()).toBe(0);
  });

  it('is left for the newest when a message is sent', async () => {
    const view = await jumped();
    await view.type('hello');
    await view.page.keyboard.press('Enter');
    await view.text('hello').waitFor();
    await expect.poll(() => view.distanceFromEnd()).toBe(0);
    await expect.poll(() => view.turn(10_000).count()).toBe(1);
  });

  it('stays where it is while the conversation goes on, whose answer can be stopped', async () => {
    const view = await jumped();
    await view.tell({ type: 'turn', turn: { ...turns(10_001, 10_001)[0]!, state: 'running' } });
    expect(await top(view, 500)).toBe(0);
    await view.button('Stop (keeps what was written)').waitFor();
  });

  it('has no line under it that belongs to another place', async () => {
    const view = await jumped();
    expect(await view.page.locator('.divider').count()).toBe(0);
  });
});

describe('ten thousand turns', () => {
  it('leave the reader at the same turn when a page comes in front and another one goes at the end, and the other way round', async () => {
    const view = await openView();
    await view.tell(state(turns(9801, 10_000), { hasEarlier: true }));
    await view.scroller.evaluate((element) => (element.scrollTop = 0));
    expect(await view.nextOfType('earlier')).toEqual({ type: 'earlier', before: 9801 });
    const atTop = await top(view, 9801);
    await view.tell({ type: 'earlier', before: 9801, turns: turns(9751, 9800), hasEarlier: true });
    await expect.poll(() => view.messages.count()).toBe(200);
    expect(Math.abs((await top(view, 9801)) - atTop)).toBeLessThan(60);
    await view.scroller.evaluate((element) => (element.scrollTop = element.scrollHeight));
    expect(await view.nextOfType('later')).toEqual({ type: 'later', after: 9950 });
    const atEnd = await top(view, 9950);
    await view.tell({ type: 'later', after: 9950, turns: turns(9951, 10_000), hasLater: false });
    await expect.poll(() => view.messages.count()).toBe(200);
    expect(Math.abs((await top(view, 9950)) - atEnd)).toBeLessThan(60);
  });

  it('are read from the last to the first and back with two hundred in the page', { timeout: 300_000 }, async () => {
    const view = await openView();
    await view.tell(state(turns(9951, 10_000), { hasEarlier: true }));
    const earlier = Array.from({ length: 199 }, (_, page): HostMessage => {
      const before = 9951 - page * 50;
      return { type: 'earlier', before, turns: turns(before - 50, before - 1), hasEarlier: before > 51 };
    });
    for (let page = 0; page < earlier.length; page += 20) await view.tell(...earlier.slice(page, page + 20));
    await expect.poll(() => view.messages.count()).toBe(200);
    await expect.poll(() => view.turn(1).count()).toBe(1);
    const later = Array.from({ length: 196 }, (_, page): HostMessage => {
      const after = 200 + page * 50;
      return { type: 'later', after, turns: turns(after + 1, after + 50), hasLater: after < 9950 };
    });
    for (let page = 0; page < later.length; page += 20) await view.tell(...later.slice(page, page + 20));
    await expect.poll(() => view.messages.count()).toBe(200);
    await expect.poll(() => view.turn(10_000).count()).toBe(1);
    expect(view.errors).toEqual([]);
  });
});
