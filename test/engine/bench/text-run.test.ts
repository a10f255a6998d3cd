import type { Token } from 'node-llama-cpp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCorpus } from '../../../src/bench/corpus/corpus.ts';
import { runText, type TextCase, type TextResult } from '../../../src/bench/scoring/text-run.ts';
import { textTokens } from '../../../src/bench/scoring/text-tokens.ts';
import { distributionAfter } from '../../../src/engine/cache/distribution.ts';
import type { LoadedModel } from '../../../src/engine/model/loaded-model.ts';
import { loadBundledModel } from '../bundled-model.ts';

const WINDOW = 96;
let loaded: LoadedModel;
let text: readonly Token[];

beforeAll(async () => {
  loaded = await loadBundledModel(512);
  text = textTokens(loaded, readCorpus('').text).slice(0, 320);
});
afterAll(() => loaded.dispose());

function run(about: Partial<TextCase>, { batch = 64, every = 32, tokens = text } = {}): Promise<TextResult> {
  return runText(loaded, tokens, { policy: 'streaming', window: WINDOW, sinks: 4, chunk: 12, ...about }, { batch, every });
}

/** Log-probability of the last token after just the others, computed afresh. */
async function afresh(tokens: readonly Token[]): Promise<number> {
  await loaded.sequence.clearHistory();
  await loaded.sequence.evaluateWithoutGeneratingNewTokens(tokens.slice(0, -2));
  const distribution = await distributionAfter(loaded.sequence, tokens.at(-2)!);
  return Math.log(distribution.get(tokens.at(-1)!)!);
}

describe('a text scored through a system', () => {
  it('is scored alike by all of them while it fits', async () => {
    const short = { tokens: text.slice(0, WINDOW), every: 8 };
    const dense = await run({ policy: 'dense', sinks: 0 }, short);
    expect(dense).toMatchObject({ scored: WINDOW - 1, refusedAt: null });
    for (const policy of ['window', 'rebase'] as const) {
      expect((await run({ policy, sinks: 0 }, short)).perplexity).toBeCloseTo(dense.perplexity, 1);
    }
    expect((await run({ policy: 'recompute', sinks: 0 }, short)).perplexity).toBeCloseTo(dense.atSameTokens, 1);
    for (const sinks of [1, 4, 8]) {
      const { scored, perplexity } = await run({ sinks }, short);
      expect(scored).toBe(dense.scored);
      expect(perplexity).toBeCloseTo(dense.perplexity, 1);
    }
  });

  it('gets the same scores whatever the batch: the cache is always filled to its last cell', async () => {
    const [large, small] = [await run({}, { batch: 64 }), await run({}, { batch: 1 })];
    expect(large.scored).toBe(text.length - 1);
    expect(large.perplexity / small.perplexity).toBeCloseTo(1, 2);
  });

  it('is decoded once by the systems that shift', async () => {
    for (const about of [{}, { chunk: 1 }, { policy: 'window', sinks: 0 }] as const) {
      const { appended, decoded, refusedAt } = await run(about);
      expect({ decoded, refusedAt }).toEqual({ decoded: appended, refusedAt: null });
    }
  });

  it('is refused by dense attention when the cache is full', async () => {
    expect(await run({ policy: 'dense', sinks: 0 })).toMatchObject({ scored: WINDOW, refusedAt: WINDOW });
  });

  it.each([0, 1])('is re-computed for each token that is scored, from just the window before it, behind a BOS of %i', async (sinks) => {
    const every = 40;
    const places = [1, 2, 3, 4, 5, 6, 7].map((number) => number * every);
    const logs: number[] = [];
    for (const at of places) {
      const newest = text.slice(Math.max(sinks, at - (WINDOW - sinks)), at + 1);
      logs.push(await afresh([...text.slice(0, sinks), ...newest]));
    }
    const { perplexity, scored, decoded, appended } = await run({ policy: 'recompute', sinks }, { every });
    expect(scored).toBe(places.length);
    expect(Math.log(perplexity)).toBeCloseTo(-logs.reduce((sum, value) => sum + value, 0) / places.length, 3);
    // What stands before the gap need not be read again.
    expect(decoded - appended).toBe(5 * (WINDOW - every - sinks));
  });
});
