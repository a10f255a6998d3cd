import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { linesThatFit } from '../../../../src/extension/context/fitting-lines.ts';

describe('as many lines as fit', () => {
  const fit = (sizes: readonly number[], room: number, counts: number[] = []): Promise<number> =>
    linesThatFit({
      total: sizes.length,
      room,
      firstOf: () => 0,
      count: async (first, lines) => {
        counts.push(lines);
        return sizes.slice(first, first + lines).reduce((sum, size) => sum + size, 0);
      },
    });

  test('is all of them where all fit', async () => {
    expect(await fit([1, 2, 3], 6)).toBe(3);
  });

  test('is nearly what fits, after few counts', async () => {
    const counts: number[] = [];
    const lines = await fit(new Array<number>(4000).fill(12), 6900, counts);
    expect(lines).toBeGreaterThan(520);
    expect(lines * 12).toBeLessThanOrEqual(6900);
    expect(counts.length).toBeLessThanOrEqual(3);
  });

  test('is none where not one fits', async () => {
    expect(await fit([50, 1], 10)).toBe(0);
  });

  test('is never more than fits', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(100), { minLength: 1 }), fc.nat(2000), async (sizes, room) => {
        const lines = await fit(sizes, room);
        expect(sizes.slice(0, lines).reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(room);
      }),
    );
  });
});
