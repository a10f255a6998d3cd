import { describe, expect, it } from 'vitest';
import { Surprise } from '../../../src/engine/conversation/surprise.ts';

function perplexityOf(...probabilities: readonly number[]): number | undefined {
  const surprise = new Surprise();
  for (const probability of probabilities) surprise.add(probability);
  return surprise.perplexity;
}

describe("the perplexity of the model's own words", () => {
  it('is unknown before there are any', () => expect(perplexityOf()).toBeUndefined());
  it('is 1 where every token was certain', () => expect(perplexityOf(1, 1, 1)).toBe(1));
  it('is the number of tokens that were equally likely', () => expect(perplexityOf(1 / 8, 1 / 8)).toBeCloseTo(8));
  it('is the geometric mean of the surprises', () => expect(perplexityOf(1 / 2, 1 / 8)).toBeCloseTo(4));
  it('is never below 1, whatever rounding makes of a probability', () => expect(perplexityOf(1.000001)).toBe(1));
});
