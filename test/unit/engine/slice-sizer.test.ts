import { describe, expect, it } from 'vitest';
import { SliceSizer } from '../../../src/engine/cache/slice-sizer.ts';

/** The slices of a prefill on a machine of constant speed. */
function slicesOf(tokens: number, { tokensPerMs = 0, batchSize = 512 } = {}): readonly number[] {
  const sizer = new SliceSizer(batchSize);
  if (tokensPerMs > 0) sizer.measured(100, 100 / tokensPerMs);
  const slices: number[] = [];
  for (let left = tokens; left > 0; left -= slices.at(-1)!) slices.push(sizer.of(left));
  return slices;
}

describe('the slices of a prefill', () => {
  it('are small while the speed is not known', () => {
    expect(Math.max(...slicesOf(500))).toBeLessThanOrEqual(20);
  });

  it.each([0.01, 0.1, 0.7, 3, 20])(
    'take about a tenth of a second at most, or are of some twenty tokens (%d tokens a millisecond)',
    (tokensPerMs) => {
      for (const tokens of [1, 15, 31, 44, 60, 333, 4000]) {
        const slices = slicesOf(tokens, { tokensPerMs });
        expect(slices.reduce((sum, slice) => sum + slice, 0)).toBe(tokens);
        for (const slice of slices) expect(slice).toBeLessThanOrEqual(Math.max(20, tokensPerMs * 125 + 4));
      }
    },
  );

  it('leave no small one at the end, and are whole blocks but for that', () => {
    expect(slicesOf(44)).toEqual([16, 16, 12]);
    expect(slicesOf(20)).toEqual([20]);
    expect(slicesOf(21)).toEqual([12, 9]);
  });

  it('are smaller on a slow machine where others wait for each to end', () => {
    const sizer = new SliceSizer(512);
    expect([sizer.of(2000), sizer.of(2000, true)]).toEqual([16, 8]);
    for (let slice = 0; slice < 20; slice++) sizer.measured(64, 16);
    expect(sizer.of(2000, true)).toBe(sizer.of(2000));
  });

  it('are never larger than what native code takes at once', () => {
    expect(Math.max(...slicesOf(1000, { tokensPerMs: 100, batchSize: 128 }))).toBe(128);
    expect(slicesOf(1030, { tokensPerMs: 100 })).toEqual([344, 344, 342]);
  });

  it('do not follow the end of a turn, whose few tokens wait for a shift of the keys', () => {
    const sizer = new SliceSizer(512);
    sizer.measured(64, 16);
    const before = sizer.of(2000);
    for (let turn = 0; turn < 5; turn++) sizer.measured(3, 60);
    expect(sizer.of(2000)).toBe(before);
  });

  it('follow the speed', () => {
    const sizer = new SliceSizer(512);
    for (let slice = 0; slice < 20; slice++) sizer.measured(64, 16);
    expect(sizer.of(2000)).toBeGreaterThan(190);
    for (let slice = 0; slice < 20; slice++) sizer.measured(64, 640);
    expect(sizer.of(2000)).toBe(16);
  });
});
