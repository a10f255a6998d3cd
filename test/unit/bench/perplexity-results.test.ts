import { describe, expect, it } from 'vitest';
import { checksOf } from '../../../src/bench/programs/perplexity-results.ts';
import type { TextResult } from '../../../src/bench/scoring/text-run.ts';

function result(changes: Partial<TextResult>): TextResult {
  return {
    policy: 'streaming',
    window: 512,
    sinks: 1,
    chunk: 64,
    scored: 60_000,
    perplexity: 8,
    quarters: [8, 8, 8, 8],
    atSameTokens: 8,
    quartersAtSameTokens: [8, 9, 7, 8],
    msPerToken: 1,
    cpuMsPerToken: 1,
    peakMemoryBytes: 1,
    appended: 60_000,
    decoded: 60_000,
    refusedAt: null,
    ...changes,
  };
}

const floor = result({ policy: 'recompute', sinks: 0, quartersAtSameTokens: [4, 9, 7, 4] });
const driftOf = (streaming: TextResult): readonly number[] =>
  checksOf([streaming, floor]).flatMap(({ name, value }) => (name.includes('last quarter') ? value : []));

describe('the checks of perplexity', () => {
  it('compare the last quarter of a long text with the first, as hard as each is', () => {
    expect(driftOf(result({}))).toEqual([1]);
    expect(driftOf(result({ quartersAtSameTokens: [4, 9, 7, 6] }))).toEqual([1.5]);
  });

  it('say nothing of a short text', () => {
    expect(driftOf(result({ scored: 51_199 }))).toEqual([]);
  });

  it('say nothing without a re-computation of the same window', () => {
    expect(driftOf(result({ window: 256 }))).toEqual([]);
  });

  it('fail when something was decoded twice, or was never scored', () => {
    const failing = (streaming: TextResult): readonly string[] => checksOf([streaming]).flatMap(({ name, holds }) => (holds ? [] : [name]));
    expect(failing(result({}))).toEqual([]);
    expect(failing(result({ decoded: 60_001 }))).toEqual(['streaming: tokens decoded beyond those appended']);
    expect(failing(result({ scored: 0 }))).toEqual(['fewest tokens that a system has scored']);
    expect(failing(result({ refusedAt: 5 }))).toEqual(['systems but dense attention that had no room for more']);
  });
});
