import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editSimilarity } from '../../../src/bench/completion/edit-similarity.ts';

describe('edit similarity', () => {
  it.each([
    ['', '', 1],
    ['kitten', 'sitting', 1 - 3 / 7],
    ['abc', '', 0],
    ['abc', 'abcd', 0.75],
    ['flaw', 'lawn', 0.5],
  ])('of %j and %j is %d', (one, other, expected) => expect(editSimilarity(one, other)).toBeCloseTo(expected, 10));

  it('is the same both ways, and 1 for equal texts only', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 20 }), fc.string({ maxLength: 20 }), (one, other) => {
        expect(editSimilarity(one, other)).toBe(editSimilarity(other, one));
        expect(editSimilarity(one, other) === 1).toBe(one === other);
      }),
    );
  });
});
