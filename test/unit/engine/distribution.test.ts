import type { Token } from 'node-llama-cpp';
import { describe, expect, test } from 'vitest';
import { divergence, type Distribution } from '../../../src/engine/cache/distribution.ts';

const of = (...probabilities: readonly number[]): Distribution => new Map(probabilities.map((value, at) => [at as Token, value]));

describe('the divergence of two distributions', () => {
  test('is nothing where they are the same', () => {
    expect(divergence(of(0.5, 0.5, 0), of(0.5, 0.5, 0))).toBe(0);
  });

  test('is a bit where half of the probability went elsewhere', () => {
    expect(divergence(of(1, 0), of(0.5, 0.5))).toBeCloseTo(Math.log(2), 12);
  });

  test('is no number where one of them has none, so that nothing broken passes for equal', () => {
    expect(divergence(of(NaN, NaN), of(NaN, NaN))).toBeNaN();
    expect(divergence(of(0.5, 0.5), of(NaN, 0.5))).toBeNaN();
  });
});
