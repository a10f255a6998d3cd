import { describe, expect, it } from 'vitest';
import { cache, state, stats, status } from './fixtures/conversation.ts';
import { openView, useBrowser, type View } from './page/view.ts';

useBrowser();

const withStatus = (changes: Parameters<typeof status>[0]) => state([], { status: status(changes) });

/** Shares of the strip's width, by kind. */
async function strip(view: View): Promise<Readonly<Record<string, number>>> {
  return view.page.locator('.strip svg').evaluate((svg) => {
    const shares: Record<string, number> = {};
    for (const rect of svg.querySelectorAll<SVGRectElement>('rect[class^="kind-"]')) {
      const kind = rect.classList[0]!.replace('kind-', '');
      shares[kind] = (shares[kind] ?? 0) + rect.width.baseVal.value / svg.clientWidth;
    }
    return shares;
  });
}

describe('the cache bar', () => {
  it('shows sinks, recent turns and what is free, to scale', async () => {
    const view = await openView({ width: 420 });
    await view.tell(withStatus({ cache: cache([2000, 2000], 2) }));
    await expect.poll(async () => (await strip(view))['turn']).toBeCloseTo(4000 / 8192, 1);
    const { sink, free } = await strip(view);
    expect(sink).toBeGreaterThan(0.01);
    expect(free).toBeCloseTo(4096 / 8192, 1);
  });

  it('says the same in words', async () => {
    const view = await openView();
    await view.tell(withStatus({ cache: cache([7276], 1) }));
    await view.button('Cache: 7,372 of 8,192 tokens used; 96 sinks, 7,276 recent, 820 free').getByText('7.2k/8k').waitFor();
  });

  it('counts the day and the speed', async () => {
    const view = await openView();
    await view.tell(withStatus({}));
    await view.text('today: 214,380 tokens · 206k evicted').waitFor();
    await view.text('38 tok/s · first token 412 ms').waitFor();
  });

  it('says nothing of speed and eviction before there is any', async () => {
    const view = await openView();
    await view.tell(withStatus({ stats: stats({ tokensToday: 0, evictedToday: 0, tokensPerSecond: 0 }) }));
    await expect.poll(() => view.page.locator('.today').innerText()).toBe('today: 0 tokens');
  });

  it('counts the day also while no model is loaded', async () => {
    const view = await openView();
    await view.tell(withStatus({ cache: undefined, model: undefined }));
    await view.text('today: 214,380 tokens').waitFor();
    expect(await view.cacheGauge.count()).toBe(0);
    await view.tell({ type: 'status', status: status({}) });
    await expect.poll(async () => (await strip(view))['turn']).toBeGreaterThan(0.5);
  });

  it('marks where the evicted middle is missing', async () => {
    const view = await openView();
    await view.tell(withStatus({ evictedUpTo: 0 }));
    expect(await view.page.locator('.tear').count()).toBe(0);
    await view.tell(withStatus({ evictedUpTo: 3 }));
    await expect.poll(() => view.page.locator('.tear').count()).toBe(1);
  });
});

describe('instructions of the workspace', () => {
  const told = withStatus({ cache: cache([1000, 2000], 2, {}, 0, 1460), evictedUpTo: 3 });

  it('are part of the strip, before what is missing', async () => {
    const view = await openView({ width: 420 });
    await view.tell(told);
    await expect.poll(async () => (await strip(view))['instructions']).toBeCloseTo(1460 / 8192, 1);
    const end = await view.page
      .locator('rect.kind-instructions')
      .evaluate((rect: SVGRectElement) => rect.getBBox().x + rect.getBBox().width);
    const tear = await view.page.locator('.tear').evaluate((group: SVGGElement) => group.getBBox().x);
    expect(tear).toBeGreaterThanOrEqual(end);
  });

  it('are told to those who do not see the strip', async () => {
    const view = await openView();
    await view.tell(told);
    await view.button('Cache: 4,556 of 8,192 tokens used; 96 sinks, 1,460 instructions, 3,000 recent, 3,636 free').waitFor();
  });
});

describe('what the engine does is told in numbers, never by a bare spinner', () => {
  it.each([
    [{ kind: 'loading', fraction: 0.43 }, 'Loading coder-7b-q4.gguf', '43%', 43],
    [{ kind: 'rebuilding', done: 1024, total: 4096 }, 'Refilling the cache from the transcript', '1,024 / 4,096 tokens', 25],
    [{ kind: 'prefill', turnId: 1, done: 340, total: 1000 }, 'Reading the message', '340 / 1,000 tokens', 34],
  ] as const)('%j', async (activity, label, amount, percent) => {
    const view = await openView();
    await view.tell(withStatus({ activity }));
    const bar = view.page.getByRole('progressbar', { name: label });
    await expect.poll(() => bar.getAttribute('aria-valuenow')).toBe(String(percent));
    await view.text(amount).waitFor();
  });

  it('generating shows its speed', async () => {
    const view = await openView();
    await view.tell(withStatus({ activity: { kind: 'generating', turnId: 1 }, stats: stats({ tokensPerSecond: 7.3 }) }));
    await view.page.locator('.activity').getByText('7.3 tok/s').waitFor();
  });

  it('a command beside the conversation says why messages wait', async () => {
    const view = await openView();
    await view.tell(withStatus({ activity: { kind: 'aside' } }));
    await view.page.locator('.activity').getByText('Working on a command').waitFor();
  });

  it('idle shows nothing', async () => {
    const view = await openView();
    await view.tell(withStatus({}));
    expect(await view.page.locator('.activity').count()).toBe(0);
  });
});
