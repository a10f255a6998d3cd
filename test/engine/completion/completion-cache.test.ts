import fc from 'fast-check';
import type { Token } from 'node-llama-cpp';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CompletionCache, type HeldPassage, type Reuse } from '../../../src/engine/completion/completion-cache.ts';
import type { LoadedModel } from '../../../src/engine/model/loaded-model.ts';
import { loadBundledModel } from '../bundled-model.ts';

const CAPACITY = 200;
const HEAD = [1 as Token];
const RESERVE = 8;
const greedy = { temperature: 0 };
const never = new AbortController().signal;

let loaded: LoadedModel;
beforeAll(async () => {
  loaded = await loadBundledModel(256);
});
afterAll(() => loaded.dispose());
beforeEach(() => loaded.sequence.clearHistory());

function newCache(canShift = true): CompletionCache {
  return new CompletionCache(loaded, { capacity: CAPACITY, canShift, head: HEAD });
}

/** Distinct, harmless tokens, so that it can be seen which are there. */
const tokens = (count: number, from = 0): Token[] => Array.from({ length: count }, (_, at) => (300 + from + at) as Token);
const passage = (id: number, count = 20): HeldPassage => ({ id, tokens: tokens(count, id * 100) });
const inNativeCache = (): Token[] => [...loaded.sequence.contextTokens];

async function generate(
  cache: CompletionCache,
  prompt: readonly Token[],
  count = RESERVE,
): Promise<{ readonly said: Token[]; readonly reuse: Reuse }> {
  const said: Token[] = [];
  let reuse: Reuse = { reused: NaN, evaluated: NaN };
  for await (const token of cache.generate(prompt, RESERVE, greedy, never, (found) => (reuse = found))) {
    said.push(token);
    if (said.length === count) break;
  }
  return { said, reuse };
}

describe('the cache of completions', () => {
  it('evaluates a prompt once, then only what is new at its end', async () => {
    const cache = newCache();
    expect((await generate(cache, tokens(60))).reuse).toEqual({ reused: 0, evaluated: 60 });
    const typed = [...tokens(60), ...tokens(2, 500)];
    expect((await generate(cache, typed)).reuse).toEqual({ reused: 60, evaluated: 2 });
    expect((await generate(cache, tokens(59))).reuse).toEqual({ reused: 58, evaluated: 1 });
  });

  it('evaluates one token when nothing is new: what comes next is read off it', async () => {
    const cache = newCache();
    const first = await generate(cache, tokens(60));
    expect(await generate(cache, tokens(60))).toEqual({ said: first.said, reuse: { reused: 59, evaluated: 1 } });
  });

  it('does not evaluate again what it wrote itself and somebody typed then', async () => {
    const cache = newCache();
    const { said } = await generate(cache, tokens(60));
    const next = await generate(cache, [...tokens(60), ...said.slice(0, 4)]);
    expect(next.reuse).toEqual({ reused: 63, evaluated: 1 });
    expect(next.said.slice(0, 4)).toEqual(said.slice(4));
  });

  it('holds passages before the prompt, in the order in which they came', async () => {
    const cache = newCache();
    await cache.hold([passage(1), passage(2)], never);
    await cache.prefill(tokens(30, 900), RESERVE, never);
    await cache.hold([passage(2), passage(3)], never);
    expect((await cache.prefill(tokens(30, 900), RESERVE, never)).evaluated).toBe(30);
    expect(inNativeCache()).toEqual([...HEAD, ...passage(2).tokens, ...passage(3).tokens, ...tokens(30, 900)]);
    expect(cache.held).toEqual([2, 3]);
  });

  it('lets a passage go without evaluating anything again', async () => {
    const cache = newCache();
    await cache.hold([passage(1), passage(2), passage(3)], never);
    await cache.prefill(tokens(30, 900), RESERVE, never);
    const before = cache.decodedTokens;
    await cache.hold([passage(1), passage(3)], never);
    expect(await cache.prefill(tokens(30, 900), RESERVE, never)).toEqual({ reused: 30, evaluated: 0 });
    expect(cache.decodedTokens).toBe(before);
    expect(inNativeCache()).toEqual([...HEAD, ...passage(1).tokens, ...passage(3).tokens, ...tokens(30, 900)]);
  });

  it('makes room for a longer prompt with the oldest passages', async () => {
    const cache = newCache();
    await cache.hold([passage(1, 50), passage(2, 50), passage(3, 50)], never);
    await cache.prefill(tokens(100, 900), RESERVE, never);
    expect(cache.held).toEqual([3]);
    expect(inNativeCache()).toEqual([...HEAD, ...passage(3, 50).tokens, ...tokens(100, 900)]);
  });

  it('refuses a prompt that would not fit alone, and goes on with the next', async () => {
    const cache = newCache();
    await expect(cache.prefill(tokens(CAPACITY), RESERVE, never)).rejects.toMatchObject({ code: 'message-too-long' });
    expect((await generate(cache, tokens(20))).reuse.evaluated).toBe(20);
  });

  it('keeps what was evaluated when it is told to stop in the middle', async () => {
    const cache = newCache();
    const stop = new AbortController();
    const prompt = tokens(150);
    const running = cache.prefill(prompt, RESERVE, stop.signal);
    stop.abort();
    await expect(running).rejects.toBe(stop.signal.reason);
    const done = inNativeCache().length - HEAD.length;
    expect((await cache.prefill(prompt, RESERVE, never)).reused).toBe(done);
    expect(inNativeCache()).toEqual([...HEAD, ...prompt]);
  });

  it('holds nothing of a passage during which it is told to stop', async () => {
    const cache = newCache();
    await cache.hold([passage(1)], never);
    const stop = new AbortController();
    stop.abort();
    await expect(cache.hold([passage(1), passage(2)], stop.signal)).rejects.toBe(stop.signal.reason);
    expect(cache.held).toEqual([1]);
    await cache.prefill(tokens(10, 900), RESERVE, never);
    expect(inNativeCache()).toEqual([...HEAD, ...passage(1).tokens, ...tokens(10, 900)]);
  });

  it.each([true, false])('always holds just what it should, whatever is asked of it (keys can move: %s)', async (canShift) => {
    const step = fc.oneof(
      fc.record({ hold: fc.uniqueArray(fc.integer({ min: 1, max: 6 }), { maxLength: 4 }) }),
      fc.record({ length: fc.integer({ min: 1, max: 90 }), branch: fc.integer({ min: 0, max: 3 }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        await loaded.sequence.clearHistory();
        const cache = newCache(canShift);
        for (const one of steps) {
          if ('hold' in one)
            await cache.hold(
              one.hold.map((id) => passage(id)),
              never,
            );
          else {
            const prompt = [...tokens(Math.min(one.length, 30), 900), ...tokens(Math.max(0, one.length - 30), 1000 + 200 * one.branch)];
            const { said } = await generate(cache, prompt, 3);
            const before = [...HEAD, ...cache.held.flatMap((id) => passage(id).tokens)];
            expect(inNativeCache()).toEqual([...before, ...prompt, ...said.slice(0, -1)]);
          }
        }
      }),
      { numRuns: 25 },
    );
  });
});
