import type { Token } from 'node-llama-cpp';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { distributionAfter } from '../../src/engine/cache/distribution.ts';
import type { Eviction } from '../../src/engine/cache/cache-listener.ts';
import { KvCache, type KvCacheOptions } from '../../src/engine/cache/kv-cache.ts';
import {
  densePolicy,
  rebasePolicy,
  recomputePolicy,
  streamingPolicy,
  windowPolicy,
  type CachePolicy,
} from '../../src/engine/cache/policy.ts';
import type { LoadedModel } from '../../src/engine/model/loaded-model.ts';
import { loadBundledModel } from './bundled-model.ts';

const CAPACITY = 128;
const CHUNK = 16;
const greedy = { temperature: 0 };

let loaded: LoadedModel;
let evictions: Eviction[];

beforeAll(async () => {
  loaded = await loadBundledModel(256);
});
afterAll(() => loaded.dispose());
beforeEach(async () => {
  evictions = [];
  await loaded.sequence.clearHistory();
});

function newCache(policy: CachePolicy = streamingPolicy(CHUNK), giveWay?: KvCacheOptions['giveWay']): KvCache {
  const options = { capacity: CAPACITY, policy, decodes: loaded.decodes, ahead: CHUNK, giveWay };
  return new KvCache(loaded.sequence, options, { onEviction: (eviction) => evictions.push(eviction) });
}

/** Distinct, harmless tokens, so that it can be seen which are left. */
const tokens = (count: number, from = 0): Token[] => Array.from({ length: count }, (_, at) => (300 + from + at) as Token);
const inNativeCache = (): number[] => loaded.sequence.contextTokens.map(Number);

async function fill(cache: KvCache): Promise<void> {
  cache.open({ kind: 'sink', header: 8 });
  await cache.append(tokens(8));
  for (const turnId of [1, 2, 3]) {
    cache.open({ kind: 'turn', turnId, header: 2 });
    await cache.append(tokens(30, turnId * 100));
  }
}

describe('the rolling cache', () => {
  it('decodes every token exactly once, however often it rolls', async () => {
    const cache = newCache();
    await fill(cache);
    for (let turnId = 4; turnId < 40; turnId++) {
      cache.open({ kind: 'turn', turnId, header: 2 });
      await cache.append(tokens(37, turnId * 50));
    }
    expect(cache.appendedTokens).toBe(8 + 3 * 30 + 36 * 37);
    expect(cache.decodedTokens).toBe(cache.appendedTokens);
    expect(evictions.length).toBeGreaterThan(10);
  });

  it('holds in the native cache exactly the tokens that its segments say', async () => {
    const cache = newCache();
    await fill(cache);
    cache.open({ kind: 'turn', turnId: 4, header: 2 });
    await cache.append(tokens(35, 400));
    expect(evictions).toEqual([{ tokens: 30, turnIds: [1], goneTurnIds: [1] }]);
    expect(inNativeCache()).toEqual([...tokens(8), ...tokens(30, 200), ...tokens(30, 300), ...tokens(35, 400)].map(Number));
    expect(cache.layout.segments.map(({ turnId, start, tokens: count }) => [turnId, start, count])).toEqual([
      [undefined, 0, 8],
      [2, 8, 30],
      [3, 38, 30],
      [4, 68, 35],
    ]);
  });

  it('evicts nothing while there is room', async () => {
    const cache = newCache();
    await fill(cache);
    cache.open({ kind: 'turn', turnId: 4, header: 2 });
    await cache.append(tokens(CAPACITY - 98, 400));
    expect(evictions).toEqual([]);
    expect(cache.layout.used).toBe(CAPACITY);
  });

  it('goes on generating through many windows without decoding anything twice', async () => {
    const cache = newCache();
    await fill(cache);
    cache.open({ kind: 'turn', turnId: 4, header: 2 });
    let generated = 0;
    const stream = cache.generate(tokens(10, 400), greedy);
    for (; generated < 5 * CAPACITY; generated++) await stream.next();
    await stream.return();
    expect(cache.decodedTokens).toBe(cache.appendedTokens);
    expect(cache.layout.used).toBeLessThanOrEqual(CAPACITY);
    expect(cache.layout.segments.map(({ turnId }) => turnId)).toEqual([undefined, 4]);
    expect(inNativeCache().slice(0, 10)).toEqual([...tokens(8), ...tokens(2, 400)].map(Number));
  });

  it('counts a yielded token only when the next one is asked for', async () => {
    const cache = newCache();
    await fill(cache);
    cache.open({ kind: 'turn', turnId: 4, header: 2 });
    const stream = cache.generate(tokens(5, 400), greedy);
    await stream.next();
    expect(cache.layout.used).toBe(98 + 5);
    await stream.next();
    await stream.return();
    expect(cache.layout.used).toBe(98 + 6);
    expect(loaded.sequence.nextTokenIndex).toBe(98 + 6);
  });

  it('refuses what does not fit even into an empty cache, and evicts nothing for it', async () => {
    const cache = newCache();
    await fill(cache);
    cache.open({ kind: 'turn', turnId: 4, header: 2 });
    await expect(cache.append(tokens(CAPACITY - 7, 400))).rejects.toMatchObject({ code: 'message-too-long' });
    expect(cache.layout.used).toBe(98);
    expect(evictions).toEqual([]);
  });

  it('forgets the newest turn by cutting it off', async () => {
    const cache = newCache();
    await fill(cache);
    const before = cache.decodedTokens;
    await cache.forget(3);
    expect(inNativeCache()).toEqual([...tokens(8), ...tokens(30, 100), ...tokens(30, 200)].map(Number));
    expect(cache.decodedTokens).toBe(before);
  });

  it('stops between two slices of a prefill', async () => {
    const cache = newCache();
    cache.open({ kind: 'turn', turnId: 1, header: 2 });
    const stop = new AbortController();
    const progress: number[] = [];
    const onProgress = (done: number): void => {
      progress.push(done);
      stop.abort();
    };
    await expect(cache.append(tokens(60, 400), { signal: stop.signal, onProgress })).rejects.toThrow('abort');
    // As long as nothing was measured slices are short.
    expect(progress).toHaveLength(1);
    expect(progress[0]).toBeLessThan(60);
    expect(cache.layout.used).toBe(progress[0]);
  });

  it('keeps a chunk free ahead of the next message', async () => {
    const cache = newCache();
    await fill(cache);
    cache.open({ kind: 'turn', turnId: 4, header: 2 });
    await cache.append(tokens(20, 400));
    await cache.makeRoomAhead(2);
    expect(CAPACITY - cache.layout.used).toBeGreaterThanOrEqual(CHUNK + 2);
  });
});

describe('teacher forcing', () => {
  it('tells the log-probability of every token but the first, whatever the slices', async () => {
    const cache = newCache();
    cache.open({ kind: 'turn', turnId: 1, header: 0 });
    const text = tokens(40);
    const scores: number[] = [];
    await cache.append(text, { scoring: { onScored: (values) => scores.push(...values), following: 777 as Token } });
    expect(scores).toHaveLength(40);
    for (const at of [0, 15, 16, 39]) {
      await loaded.sequence.clearHistory();
      if (at > 0) await loaded.sequence.evaluateWithoutGeneratingNewTokens(text.slice(0, at));
      const distribution = await distributionAfter(loaded.sequence, text[at]!);
      expect(scores[at]).toBeCloseTo(Math.log(distribution.get(text[at + 1] ?? (777 as Token))!), 3);
    }
  });

  it('decodes nothing twice, rolls as without it, and scores what precedes an answer', async () => {
    const cache = newCache();
    await fill(cache);
    let scored = 0;
    for (let turnId = 4; turnId < 12; turnId++) {
      cache.open({ kind: 'turn', turnId, header: 2 });
      const stream = cache.generate(tokens(37, turnId * 50), greedy, { scoring: { onScored: ({ length }) => (scored += length) } });
      await stream.next();
      await stream.return();
    }
    expect(scored).toBe(8 * 36);
    expect(cache.decodedTokens).toBe(cache.appendedTokens);
    expect(cache.appendedTokens).toBe(98 + 8 * 37);
    expect(evictions.length).toBeGreaterThan(3);
  });
});

describe('a cache that cannot shift', () => {
  it('is computed anew with half of what it may hold, seldom, and reports it', async () => {
    const progress: number[] = [];
    const cache = new KvCache(
      loaded.sequence,
      { capacity: CAPACITY, policy: rebasePolicy(CHUNK), decodes: loaded.decodes, ahead: CHUNK },
      { onRebuild: (done) => progress.push(done) },
    );
    cache.open({ kind: 'sink', header: 8 });
    await cache.append(tokens(8));
    for (const [turnId, count] of [
      [1, 40],
      [2, 40],
      [3, 30],
    ] as const) {
      cache.open({ kind: 'turn', turnId, header: 2 });
      await cache.append(tokens(count, turnId * 100));
    }
    cache.open({ kind: 'turn', turnId: 4, header: 2 });
    await cache.append(tokens(20, 400));
    expect(inNativeCache()).toEqual([...tokens(8), ...tokens(30, 300), ...tokens(20, 400)].map(Number));
    expect(cache.decodedTokens - cache.appendedTokens).toBe(30);
    expect(progress.at(-1)).toBe(30);
  });
});

describe('the baselines', () => {
  async function stream(policy: CachePolicy, count: number): Promise<KvCache> {
    const cache = newCache(policy);
    cache.open({ kind: 'turn', turnId: 1, header: 0 });
    for (let at = 0; at < count; at++) await cache.append(tokens(1, at));
    return cache;
  }

  it('window attention keeps the newest tokens and decodes each once, although the first ones leave', async () => {
    const cache = await stream(windowPolicy(1), CAPACITY + 40);
    expect(inNativeCache()).toEqual(tokens(CAPACITY, 40).map(Number));
    expect(cache.decodedTokens).toBe(CAPACITY + 40);
  });

  it('re-computation keeps the same tokens and decodes the whole window again for each', async () => {
    const cache = await stream(recomputePolicy(), CAPACITY + 3);
    expect(inNativeCache()).toEqual(tokens(CAPACITY, 3).map(Number));
    expect(cache.decodedTokens - cache.appendedTokens).toBe(3 * (CAPACITY - 1));
  });

  it('dense attention refuses when the cache is full', async () => {
    await expect(stream(densePolicy(), CAPACITY + 1)).rejects.toMatchObject({ code: 'message-too-long' });
  });
});

describe('something that goes before the cache', () => {
  let first: PromiseWithResolvers<void>;
  beforeEach(() => {
    first = Promise.withResolvers();
  });

  it('is waited for before anything is decoded, and so is what comes meanwhile', async () => {
    const second = Promise.withResolvers<void>();
    const before = [first.promise, second.promise];
    const cache = newCache(streamingPolicy(CHUNK), () => before.shift());
    cache.open({ kind: 'turn', turnId: 1, header: 0 });
    const appending = cache.append(tokens(20));
    first.resolve();
    await new Promise(setImmediate);
    expect(cache.decodedTokens).toBe(0);
    second.resolve();
    await appending;
    expect(cache.decodedTokens).toBe(20);
  });

  it('does not keep who is told to stop waiting', async () => {
    const cache = newCache(streamingPolicy(CHUNK), () => first.promise);
    cache.open({ kind: 'turn', turnId: 1, header: 0 });
    const stop = new AbortController();
    const appending = cache.append(tokens(20), { signal: stop.signal });
    stop.abort(new Error('stopped'));
    await expect(appending).rejects.toThrow('stopped');
    expect(cache.appendedTokens).toBe(0);
  });

  it('does not keep an answer that is told to stop between two tokens: it ends, and all that was drawn but the last is in', async () => {
    let isBusy = false;
    const cache = newCache(streamingPolicy(CHUNK), () => (isBusy ? first.promise : undefined));
    cache.open({ kind: 'turn', turnId: 1, header: 0 });
    const stop = new AbortController();
    const stream = cache.generate(tokens(10), greedy, { signal: stop.signal });
    for (let drawn = 0; drawn < 3; drawn++) await stream.next();
    isBusy = true;
    const next = stream.next();
    stop.abort();
    expect((await next).done).toBe(true);
    expect(cache.layout.used).toBe(12);
    expect(inNativeCache()).toHaveLength(12);
  });
});
