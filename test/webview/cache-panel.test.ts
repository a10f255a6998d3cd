import { describe, expect, it } from 'vitest';
import type { Segment } from '../../src/shared/cache-layout.ts';
import type { ServerFacts } from '../../src/shared/protocol/server-facts.ts';
import { cache, FULL_CACHE, MODEL, samples, state, stats, status, turn, turns } from './fixtures/conversation.ts';
import { openView, useBrowser, type View, type ViewOptions } from './page/view.ts';

useBrowser();

const withStatus = (changes: Parameters<typeof status>[0], all = turns(11, 24)) => state(all, { status: status(changes) });

/** The panel, opened by a click, with what was measured today. */
async function openPanel(changes: Parameters<typeof status>[0] = {}, options: ViewOptions = {}): Promise<View> {
  const view = await openView({ height: 1400, ...options });
  await view.tell(withStatus(changes));
  await view.openPanel();
  return view;
}

const focused = (view: View) =>
  view.page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent.trim());

describe('the cache panel', () => {
  it('is opened by a click on the bar, and closed by another', async () => {
    const view = await openPanel();
    await expect.poll(() => view.cacheGauge.getAttribute('aria-expanded')).toBe('true');
    await view.cacheGauge.click();
    await expect.poll(() => view.cachePanel.count()).toBe(0);
    await expect.poll(() => view.cacheGauge.getAttribute('aria-expanded')).toBe('false');
  });

  it('is opened by the host once, however often that is told', async () => {
    const view = await openView();
    await view.tell(withStatus({}), { type: 'showCache', key: 'a' });
    await view.cachePanel.waitFor();
    expect(await view.nextOfType('done')).toEqual({ type: 'done', key: 'a' });
    await view.button('Close the cache panel').click();
    await view.tell({ type: 'showCache', key: 'a' });
    expect(await view.cachePanel.count()).toBe(0);
    await expect.poll(() => view.postedOfType('done')).toHaveLength(2);
  });

  it('is closed with Escape, wherever in it the focus is, and gives that back to the bar', async () => {
    const view = await openPanel();
    await expect.poll(() => focused(view)).toMatch(/^Sinks/);
    await view.page.keyboard.press('Escape');
    await expect.poll(() => view.cachePanel.count()).toBe(0);
    await expect.poll(() => focused(view)).toMatch(/^Cache:/);
    expect(await view.postedOfType('stop')).toEqual([]);
  });

  it('takes the place of the search, and the search its', async () => {
    const view = await openPanel();
    await view.tell({ type: 'showSearch', key: 'a' });
    expect([await view.cachePanel.count(), await view.searchField.count()]).toEqual([0, 1]);
    await view.tell({ type: 'showCache', key: 'b' });
    expect([await view.cachePanel.count(), await view.searchField.count()]).toEqual([1, 0]);
  });

  it('covers the conversation, which cannot be reached beneath it', async () => {
    const view = await openPanel();
    await expect.poll(() => view.page.locator('endless-transcript').evaluate((element: HTMLElement) => element.inert)).toBe(true);
  });

  it('makes way for the conversation when a message is sent', async () => {
    const view = await openPanel();
    await view.type('Hello');
    await view.page.keyboard.press('Enter');
    await view.nextOfType('send');
    await expect.poll(() => view.cachePanel.count()).toBe(0);
  });

  it('says so before there is a cache', async () => {
    const view = await openView();
    await view.tell(withStatus({ cache: undefined, model: undefined, memory: undefined }, []), { type: 'showCache', key: 'a' });
    await view.cachePanel.getByText('There is no cache yet: the first message makes one.').waitFor();
    await expect.poll(() => focused(view)).toBe('Close the cache panel');
    // What was counted today is there all the same.
    await view.cachePanel.getByText('214,380').waitFor();
  });

  it.each([260, 300, 420, 900])('fits into %i pixels', async (width) => {
    const view = await openPanel({}, { width });
    await view.tell({ type: 'samples', since: 0, samples: samples(40) });
    const overflow = await view.page.locator('.panel-body').evaluate((body) => body.scrollWidth - body.clientWidth);
    expect(overflow).toBe(0);
  });
});

describe('the map', () => {
  it('has every segment in order of position, and what is free', async () => {
    const view = await openPanel({ cache: cache([310, 905], 24, {}, 0, 1460) });
    const names = await view.segments.evaluateAll((items) => items.map((item) => item.getAttribute('aria-label')));
    expect(names).toEqual([
      'Sinks: the system prompt · 96 tokens at positions 0–95',
      'Instructions of the workspace · 1,460 tokens at positions 96–1,555',
      'Turn 1 of 2 in the cache · 310 tokens at positions 1,556–1,865 · Question 23',
      'Turn 2 of 2 in the cache · 905 tokens at positions 1,866–2,770 · Question 24',
      'Free · 5,421 tokens at positions 2,771–8,191',
    ]);
  });

  it('tells pinned turns and what is attached to the next message', async () => {
    const layout = cache([310, 905], 24);
    const [sink, first, second] = layout.segments as [Segment, Segment, Segment];
    const { turnId: _, ...attached } = { ...second, kind: 'draft' as const };
    const view = await openPanel({ cache: { ...layout, segments: [sink, { ...first, kind: 'pinned' }, attached] } });
    await view.segments.nth(1).locator('.over').first().hover();
    await view.text('Pinned: turn 1 of 1 in the cache').waitFor();
    await view.segments.nth(2).locator('.over').first().hover();
    await view.text('Attached to the message that is being written').waitFor();
  });

  it('says of what the mouse is at what it is', async () => {
    const view = await openPanel();
    await view.composer.focus();
    await view.text('Point at a part of the cache to see what it is.').waitFor();
    await view.segments.nth(2).locator('.over').first().hover();
    const detail = view.page.locator('.map-detail');
    await expect
      .poll(async () => (await detail.innerText()).split('\n'))
      .toEqual(['Turn 2 of 14 in the cache', '905 tokens at positions 406–1,310', expect.stringContaining('Question 12')]);
  });

  it('says how much of a turn has left', async () => {
    const view = await openPanel({ cache: cache([5200, 1480], 24, {}, 900), evictedUpTo: 22 });
    await view.segments.nth(1).locator('.over').first().hover();
    await view.text('900 tokens of its beginning have left').waitFor();
  });

  it('can be told apart without colours', async () => {
    const view = await openPanel({ cache: cache([310], 24, {}, 0, 1460) });
    const patterns = await view.segments.evaluateAll((items) => items.map((item) => item.querySelector('.over')!.getAttribute('fill')));
    expect(patterns).toEqual(['url(#cache-sink)', 'url(#cache-instructions)', 'none', 'none']);
    expect(
      await view.segments
        .nth(3)
        .locator('.over')
        .first()
        .evaluate((rect) => getComputedStyle(rect).strokeDasharray),
    ).not.toBe('none');
  });

  it('leaves each of a hundred turns wide enough to be met', async () => {
    const sizes = Array.from({ length: 100 }, (_, at) => 20 + ((at * 37) % 100));
    const view = await openPanel({ cache: cache(sizes, 200) }, { width: 300 });
    const narrowest = await view.segments.evaluateAll((items) =>
      Math.min(...items.map((item) => Math.max(...[...item.querySelectorAll('rect')].map(({ width }) => width.baseVal.value)))),
    );
    expect(narrowest).toBeGreaterThanOrEqual(5);
  });

  it('follows the cache', async () => {
    const view = await openPanel({ cache: cache([310], 24) });
    await view.tell({ type: 'status', status: status({ cache: cache([310, 120], 25) }) });
    await expect.poll(() => view.segments.count()).toBe(4);
  });
});

describe('the map with the keyboard', () => {
  it('is one place in the order of tabs, and the arrows go through it', async () => {
    const view = await openPanel();
    const visited: (string | null | undefined)[] = [];
    for (const key of ['ArrowRight', 'ArrowRight', 'ArrowLeft', 'End', 'Home']) {
      await view.page.keyboard.press(key);
      visited.push((await focused(view))?.split(' · ')[0]);
    }
    expect(visited).toEqual([
      'Turn 1 of 14 in the cache',
      'Turn 2 of 14 in the cache',
      'Turn 1 of 14 in the cache',
      'Free',
      'Sinks: the system prompt',
    ]);
    await view.page.keyboard.press('ArrowRight');
    await view.page.keyboard.press('Shift+Tab');
    await expect.poll(() => focused(view)).toBe('Close the cache panel');
    await view.page.keyboard.press('Tab');
    await expect.poll(() => focused(view)).toMatch(/^Turn 1 of 14/);
  });

  it('goes to the next row and back', async () => {
    const view = await openPanel();
    const row = async () => Number(await view.page.evaluate(() => document.activeElement!.querySelector('rect')!.getAttribute('y')));
    const rows = [await row()];
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowUp', 'ArrowUp']) {
      await view.page.keyboard.press(key);
      rows.push(await row());
    }
    expect(rows).toEqual([2, 24, 46, 24, 2]);
  });

  it('shows where it is', async () => {
    const view = await openPanel();
    await view.page.keyboard.press('ArrowRight');
    const ring = view.segments.nth(1).locator('.over').first();
    await expect.poll(() => ring.evaluate((rect) => getComputedStyle(rect).strokeWidth)).toBe('2px');
  });
});

describe('the menu of a turn', () => {
  const menu = (view: View) => view.page.getByRole('menu');

  it('pins it', async () => {
    const view = await openPanel();
    await view.segments.nth(3).click();
    await view.page.getByRole('menuitem', { name: 'Pin: never evict it' }).click();
    expect(await view.nextOfType('pin')).toEqual({ type: 'pin', turnId: 13, pinned: true });
    expect(await menu(view).count()).toBe(0);
  });

  it('unpins one that is pinned', async () => {
    const [sink, first, ...rest] = FULL_CACHE.segments as [Segment, Segment, ...Segment[]];
    const view = await openPanel({ cache: { ...FULL_CACHE, segments: [sink, { ...first, kind: 'pinned' }, ...rest] } });
    await view.segments.nth(1).click();
    await view.page.getByRole('menuitem', { name: 'Unpin: it may be evicted again' }).click();
    expect(await view.nextOfType('pin')).toEqual({ type: 'pin', turnId: 11, pinned: false });
  });

  it('forgets it, when it is asked for twice', async () => {
    const view = await openPanel();
    await view.segments.nth(3).click();
    await view.page.getByRole('menuitem', { name: /^Forget/ }).click();
    await view.page.getByRole('menuitem', { name: /^Really forget/ }).click();
    expect(await view.nextOfType('forget')).toEqual({ type: 'forget', turnId: 13 });
  });

  it('shows it in the chat', async () => {
    const view = await openPanel();
    await view.segments.nth(3).click();
    await view.page.getByRole('menuitem', { name: 'Show in chat' }).click();
    expect(await view.nextOfType('around')).toEqual({ type: 'around', turnId: 13 });
    expect(await view.cachePanel.count()).toBe(0);
    await view.tell({ type: 'around', turnId: 13, turns: turns(11, 24), hasEarlier: true, hasLater: false });
    await expect.poll(() => view.page.evaluate(() => document.activeElement?.getAttribute('data-turn'))).toBe('13');
  });

  it('is used with the keyboard alone, and Escape closes it and nothing else', async () => {
    const view = await openPanel();
    await view.page.keyboard.press('ArrowRight');
    await view.page.keyboard.press('Enter');
    await expect.poll(() => focused(view)).toBe('Pin: never evict it');
    await view.page.keyboard.press('ArrowUp');
    await expect.poll(() => focused(view)).toMatch(/^Forget/);
    await view.page.keyboard.press('Escape');
    await expect.poll(() => menu(view).count()).toBe(0);
    await expect.poll(() => view.cachePanel.count()).toBe(1);
    await expect.poll(() => focused(view)).toMatch(/^Turn 1 of 14/);
    await view.page.keyboard.press('Enter');
    await view.page.keyboard.press('ArrowDown');
    await view.page.keyboard.press('Enter');
    expect(await view.nextOfType('around')).toEqual({ type: 'around', turnId: 11 });
  });

  it('keeps the focus where it is while the cache moves', async () => {
    const view = await openPanel({ cache: cache([310, 905, 640], 24) });
    await view.segments.nth(3).click();
    await view.page.keyboard.press('End');
    await view.tell({ type: 'status', status: status({ cache: cache([905, 640], 24) }) });
    await expect.poll(() => focused(view)).toMatch(/^Forget/);
  });

  it('goes with its turn, and the focus to what is behind that', async () => {
    const view = await openPanel({ cache: cache([310, 905, 640], 24) });
    await view.segments.nth(1).click();
    await view.tell({ type: 'status', status: status({ cache: cache([905, 640], 24) }) });
    expect(await menu(view).count()).toBe(0);
    await expect.poll(() => focused(view)).toMatch(/^Turn 1 of 2 .* Question 23$/);
    await view.tell({ type: 'status', status: status({ cache: cache([310, 905, 640], 24) }) });
    expect(await menu(view).count()).toBe(0);
  });

  it('leaves the focus in the map when its turn is forgotten, so that Escape closes the panel', async () => {
    const view = await openPanel({ cache: cache([310, 905], 24) });
    await view.segments.nth(2).click();
    await view.page.keyboard.press('End');
    await view.page.keyboard.press('Enter');
    await view.page.keyboard.press('Enter');
    expect(await view.nextOfType('forget')).toEqual({ type: 'forget', turnId: 24 });
    await expect.poll(() => focused(view)).toMatch(/^Turn 2 of 2/);
    await view.tell({ type: 'status', status: status({ cache: cache([310], 23) }) });
    await expect.poll(() => focused(view)).toMatch(/^Free/);
    await view.page.keyboard.press('Escape');
    await expect.poll(() => view.cachePanel.count()).toBe(0);
  });

  it('is not there for what is no turn', async () => {
    const view = await openPanel({ cache: cache([310], 24, {}, 0, 1460) });
    for (const at of [0, 1, 3]) await view.segments.nth(at).click();
    expect(await menu(view).count()).toBe(0);
  });

  it('goes when something else is clicked, and stays within the panel', async () => {
    const view = await openPanel({}, { width: 260 });
    await view.segments.nth(13).click();
    const box = (await menu(view).boundingBox())!;
    expect(box.x).toBeGreaterThanOrEqual(0);
    expect(box.x + box.width).toBeLessThanOrEqual(260);
    await view.composer.click();
    await expect.poll(() => menu(view).count()).toBe(0);
  });
});

describe('the figures', () => {
  /** Each figure by what it is. */
  async function figures(view: View): Promise<Readonly<Record<string, string>>> {
    return view.page
      .locator('.figures dl > div')
      .evaluateAll((all) =>
        Object.fromEntries(all.map((one) => [one.querySelector('dt')!.textContent.trim(), one.querySelector('dd')!.textContent.trim()])),
      );
  }

  it('are those of the cache, of the day, of the speed and of the memory', async () => {
    const view = await openPanel({ stats: stats({ lastEvictionAt: new Date(2026, 10, 21, 14, 5).getTime(), rebuildsToday: 2 }) });
    await expect
      .poll(() => figures(view))
      .toEqual({
        Window: '8,192',
        'In the cache': '7,312',
        Sinks: '96',
        Tokens: '214,380',
        Evicted: '206,112',
        Evictions: '203',
        'Last eviction': expect.stringMatching(/^2:05.PM$/) as string,
        Rebuilds: '2',
        Reading: '612 tok/s',
        Writing: '38 tok/s',
        'First token': '412 ms',
        'KV cache': '537 MB',
        Engine: '5.1 GB',
        'GPU memory': '6.2 GB',
      });
  });

  it('are live', async () => {
    const view = await openPanel();
    await view.tell({ type: 'status', status: status({ stats: stats({ tokensToday: 214_999, tokensPerSecond: 7.25 }) }) });
    await expect.poll(() => figures(view)).toMatchObject({ Tokens: '214,999', Writing: '7.3 tok/s' });
  });

  it('leave out what is not known', async () => {
    const view = await openPanel({
      memory: { processBytes: 812_000_000 },
      stats: stats({ lastEvictionAt: undefined, promptTokensPerSecond: 0, tokensPerSecond: 0, firstTokenMs: 0 }),
    });
    const all = await figures(view);
    expect(all).toMatchObject({ 'Last eviction': '–', Reading: '–', Writing: '–', 'First token': '–', Engine: '812 MB' });
    expect(Object.keys(all)).not.toContain('GPU memory');
  });

  it('say what the model is and what it really runs on', async () => {
    const view = await openPanel();
    await view.text('llama, 32 of 32 layers on Radeon RX 7800 XT (vulkan)').waitFor();
    await view.tell({ type: 'status', status: status({ model: { ...MODEL, backend: 'cpu', devices: [], gpuLayers: 0 } }) });
    await view.text('llama, on the CPU (7 threads)').waitFor();
    await view.tell({ type: 'status', status: status({ model: { ...MODEL, deviceBytes: 17_163_091_968 } }) });
    await view.text('llama, 32 of 32 layers on Radeon RX 7800 XT, 17 GB (vulkan)').waitFor();
  });

  it('say why no better back end is used', async () => {
    const view = await openPanel({ model: { ...MODEL, devices: ['NVIDIA RTX 4000'], backendReason: 'no-cuda' } });
    await view.text('Vulkan: no CUDA runtime was found.').waitFor();
    expect(await view.cachePanel.getByRole('button', { name: 'CUDA back end…' }).count()).toBe(0);
  });

  it('offer no download of CUDA where none is known, or where it does not work', async () => {
    const view = await openPanel({ model: { ...MODEL, devices: ['NVIDIA RTX 4000'], backendReason: 'cuda-unusable' } });
    await view.text('Vulkan: there is a CUDA runtime, but the back end for it is not installed or does not work.').waitFor();
    expect(await view.cachePanel.getByRole('button', { name: 'CUDA back end…' }).count()).toBe(0);
  });

  it('offer to restart the engine once the back end for CUDA is there', async () => {
    const view = await openPanel({ model: { ...MODEL, backend: 'cpu', devices: [], backendReason: 'cuda-unusable' }, cuda: 'restart' });
    await view.text('CPU: there is a CUDA runtime, but the back end for it is not installed or does not work.').waitFor();
    await view.text('The CUDA back end is there. The engine finds it when it is started anew.').waitFor();
    expect(await view.cachePanel.getByRole('button', { name: 'CUDA back end…' }).count()).toBe(0);
    await view.cachePanel.getByRole('button', { name: 'Restart engine' }).click();
    expect(await view.nextOfType('action')).toEqual({ type: 'action', action: 'restartEngine' });
  });

  it('offer the back end for CUDA where only that is missing', async () => {
    const view = await openPanel({ model: { ...MODEL, devices: ['NVIDIA RTX 4000'], backendReason: 'cuda-unusable' }, cuda: 'download' });
    await view.text('Vulkan: there is a CUDA runtime, but the back end for it is not installed or does not work.').waitFor();
    await view.cachePanel.getByRole('button', { name: 'CUDA back end…' }).click();
    expect(await view.nextOfType('action')).toEqual({ type: 'action', action: 'downloadCuda' });
  });

  it('say that the memory was given back, and what brings the model back; until then a button does that', async () => {
    const view = await openPanel();
    await view.cachePanel.getByRole('button', { name: 'Free the GPU' }).waitFor();
    const { model: _, cache: __, memory: ___, ...freed } = status({ freed: { reason: 'idle', at: 0 } });
    await view.tell({ type: 'status', status: freed });
    await view.cachePanel.getByText('Nothing was asked for a while, so the model was unloaded.').waitFor();
    expect(await view.cachePanel.getByRole('button', { name: 'Free the GPU' }).count()).toBe(0);
    expect(await view.cachePanel.getByText('There is no cache yet').count()).toBe(0);
  });

  it('say what is smaller than wished and why, and how the cache came back', async () => {
    const view = await openPanel({
      model: { ...MODEL, gpuLayers: 20, wishedWindow: 32_768, windowLimit: 'memory' },
      contexts: [{ role: 'completion', tokens: 512, wished: 2048, limit: 'memory' }],
      origin: { kind: 'restored', tokens: 12 },
    });
    await view.text('The GPU has no room for all layers beside the window. Layers that run on the CPU: 12.').waitFor();
    await view.text('The window is 8,192 tokens, since the memory has no room for more; 32,768 were wished for.').waitFor();
    await view.text('Completions see 512 tokens, since the memory has no room for more; 2,048 were wished for.').waitFor();
    await view.text('Restored as it was; 12 tokens were computed again for that.').waitFor();
  });

  it('say that the cache was filled again, and that pinned messages found no room in it', async () => {
    const view = await openPanel({ origin: { kind: 'rebuilt', reason: 'other-model', pinsLeftOut: 2 } });
    const reason = 'Refilled with the newest turns: the model is another one.';
    await view.text(`${reason} The model does not know all that is pinned: there was no room for 2 of the messages.`).waitFor();
  });

  it('say what happens instead where positions cannot be shifted', async () => {
    const view = await openPanel({ cache: { ...FULL_CACHE, strategy: 'rebase' }, model: { ...MODEL, canShift: false } });
    await view.cachePanel.getByText(/This model cannot shift positions/).waitFor();
    await view.tell({ type: 'samples', since: 0, samples: samples(3) });
    await view.text(/with a peak whenever the cache has to be rebuilt/).waitFor();
  });
});

describe('with a server', () => {
  const SERVER: ServerFacts = {
    host: 'gpu:8080',
    model: 'org/qwen',
    software: 'vllm',
    window: 32_768,
    isWindowTold: true,
    countsTokens: true,
    isReadable: true,
  };
  const sent = { cache: { ...cache([1000, 2000], 2), strategy: 'resend' as const }, model: undefined, server: SERVER };

  it('the panel says where the text goes, what is sent, and that nothing rolls', async () => {
    const view = await openPanel({ ...sent, sent: { tokens: 3096, cached: 1096 } });
    await view.cachePanel.getByText(/no attention sinks, and nothing rolls/).waitFor();
    await view.text('org/qwen on gpu:8080 answers. Your messages, what is attached to them, and the turns above are sent there.').waitFor();
    await view.text('The connection is not encrypted: others on the way can read it.').waitFor();
    await view.text('The context of the server holds 32,768 tokens, as it says itself.').waitFor();
    await view
      .text('With the last message 3,096 tokens were sent. The server had 1,096 of them in its own cache, and evaluated 2,000.')
      .waitFor();
    const rows = await view.page.locator('.kinds > div').allInnerTexts();
    expect(rows[0]!.split(/\s*\n\s*/)).toEqual(['System prompt', '96', 'sent every time']);
    expect(await view.cachePanel.innerText()).not.toMatch(/\bSinks\b/);
  });

  it('the charts promise nothing that a server need not keep', async () => {
    const view = await openPanel(sent);
    await view.tell({ type: 'samples', since: 0, samples: samples(3, { perplexity: undefined }) });
    await view.text(/It follows the network/).waitFor();
    await view.text(/the server does not say how likely/).waitFor();
    expect(await view.cachePanel.innerText()).not.toMatch(/never grows|not read again|likeliest token/);
  });

  it('the panel says what is only assumed', async () => {
    const view = await openPanel({
      ...sent,
      server: { ...SERVER, isWindowTold: false, countsTokens: false, isReadable: false },
      sent: { tokens: 7 },
    });
    await view.text(/It is taken to be 32,768 tokens, as in the settings/).waitFor();
    await view.text('Tokens are estimated, rather too many than too few.').waitFor();
    await view.text(/The server does not say how many of them it evaluated again/).waitFor();
    expect(await view.text(/not encrypted/).count()).toBe(0);
  });
});

describe('the legend', () => {
  it('says what each part is, with its tokens', async () => {
    const view = await openPanel({ cache: cache([1000, 2000], 2, {}, 0, 1460) });
    const rows = await view.page.locator('.kinds > div').allInnerTexts();
    expect(rows.map((row) => row.split(/\s*\n\s*/))).toEqual([
      ['Sinks', '96', 'never evicted'],
      ['Instructions', '1,460', 'never evicted'],
      ['Recent', '3,000', 'turns: 2'],
      ['Free', '3,636', 'of 8,192'],
    ]);
  });
});

describe('the day', () => {
  const plots = (view: View) => view.page.locator('.plot canvas');
  /** Whether anything is drawn in the colour of the line. */
  const drawn = (view: View, chart: string) =>
    view.page.locator(`[data-chart=${chart}]`).evaluate((place) => {
      const canvas = place.querySelector('canvas')!;
      const sample = document.createElement('canvas').getContext('2d')!;
      sample.fillStyle = getComputedStyle(place).color;
      sample.fillRect(0, 0, 1, 1);
      const [red, green, blue] = sample.getImageData(0, 0, 1, 1).data as unknown as [number, number, number];
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
      let pixels = 0;
      for (let at = 0; at < data.length; at += 4)
        if (Math.abs(data[at]! - red) + Math.abs(data[at + 1]! - green) + Math.abs(data[at + 2]! - blue) < 30 && data[at + 3]! > 200)
          pixels += 1;
      return pixels;
    });

  it('is asked for when the panel opens, from midnight on', async () => {
    const view = await openPanel();
    const { since } = await view.nextOfType('samples');
    expect(new Date(since).toLocaleTimeString('en', { hour12: false })).toMatch(/^(00|24):00:00$/);
  });

  it('is asked for again when a turn ends, from what is known on, and not while the panel is closed', async () => {
    const view = await openPanel();
    const known = samples(5);
    await view.tell({ type: 'samples', since: 0, samples: known }, { type: 'turn', turn: turn(25, { state: 'running', answer: '' }) });
    await view.tell({ type: 'turn', turn: turn(25) });
    const asked = await view.postedOfType('samples');
    expect(asked.slice(1)).toEqual([{ type: 'samples', since: known.at(-1)!.at + 1 }]);
    await view.page.keyboard.press('Escape');
    await view.tell({ type: 'turn', turn: turn(26, { state: 'running' }) }, { type: 'turn', turn: turn(26) });
    await expect.poll(() => view.postedOfType('samples')).toHaveLength(2);
  });

  it('says so while nothing was measured', async () => {
    const view = await openPanel();
    await view.tell({ type: 'samples', since: 0, samples: [] });
    await view.text('No answer was measured today yet. The lines begin with the first.').waitFor();
    expect(await plots(view).count()).toBe(0);
  });

  it('is drawn in four charts', async () => {
    const view = await openPanel();
    await view.tell({ type: 'samples', since: 0, samples: samples(40) });
    await expect.poll(() => plots(view).count()).toBe(4);
    for (const chart of ['generation', 'firstToken', 'memory', 'perplexity'])
      await expect.poll(() => drawn(view, chart), { message: chart }).toBeGreaterThan(50);
    expect(view.errors).toEqual([]);
  });

  it('goes on with what is measured next', async () => {
    const view = await openPanel();
    const all = samples(40);
    await view.tell({ type: 'samples', since: 0, samples: all.slice(0, 1) });
    const before = await drawn(view, 'generation');
    await view.tell({ type: 'samples', since: all[1]!.at, samples: all.slice(1) });
    await expect.poll(() => drawn(view, 'generation')).toBeGreaterThan(before);
  });

  it('is told in words, too', async () => {
    const view = await openPanel();
    const values = [1.2, 2, 4];
    await view.tell({ type: 'samples', since: 0, samples: samples(3).map((one, at) => ({ ...one, perplexity: values[at]! })) });
    await expect
      .poll(() => view.page.locator('.chart-perplexity .for-screen-readers').textContent())
      .toBe('Lowest 1.20, median 2.00, highest 4.00.');
    await expect.poll(() => view.page.locator('.chart-memory .for-screen-readers').textContent()).toContain('GPU: lowest 6.2 GB');
  });

  it('tells the values at the cursor, in all charts at once', async () => {
    const view = await openPanel();
    const all = samples(3).map((one, at) => ({ ...one, tokensPerSecond: 10 * (at + 1), perplexity: at + 1 }));
    await view.tell({ type: 'samples', since: 0, samples: all });
    const reading = (chart: string) => view.page.locator(`.chart-${chart} .reading`).innerText();
    await expect.poll(() => reading('generation')).toBe('30 tok/s');
    const over = view.page.locator('[data-chart=generation] .u-over');
    const { width } = (await over.boundingBox())!;
    await over.hover({ position: { x: Math.round(width / 2), y: 20 } });
    await expect.poll(() => reading('generation')).toContain('20 tok/s');
    await expect.poll(() => reading('perplexity')).toContain('2.00');
  });

  it('says of a chart that nothing could be measured for it', async () => {
    const view = await openPanel();
    await view.tell({ type: 'samples', since: 0, samples: samples(3, { perplexity: undefined, gpuBytes: undefined }) });
    await view.page
      .locator('.chart-perplexity')
      .getByText(/Not measured/)
      .waitFor();
    await expect.poll(() => plots(view).count()).toBe(3);
  });

  it('follows the width of the sidebar', async () => {
    const view = await openPanel({}, { width: 300 });
    await view.tell({ type: 'samples', since: 0, samples: samples(10) });
    const width = () =>
      plots(view)
        .first()
        .evaluate((canvas) => canvas.clientWidth);
    const before = await width();
    await view.page.setViewportSize({ width: 600, height: 1400 });
    await expect.poll(width).toBeGreaterThan(before + 200);
    await view.page.setViewportSize({ width: 260, height: 1400 });
    await expect.poll(width).toBeLessThan(before);
  });

  it('takes the colours of the theme, also of another one', async () => {
    const view = await openPanel();
    await view.tell({ type: 'samples', since: 0, samples: samples(10) });
    await view.page.evaluate(() => document.documentElement.style.setProperty('--vscode-charts-blue', '#ff00ff'));
    await expect.poll(() => drawn(view, 'generation')).toBeGreaterThan(10);
    await expect
      .poll(() => view.page.locator('[data-chart=generation]').evaluate((place) => getComputedStyle(place).color))
      .toBe('rgb(255, 0, 255)');
  });
});
