import { describe, expect, it } from 'vitest';
import { mean, median, quantile, worst } from '../../../src/bench/statistics.ts';

describe('statistics', () => {
  it('median lies in the middle, between the two middle values of an even number', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([1, 2, 10, 3])).toBe(2.5);
  });

  it('quantiles are interpolated', () => {
    expect(quantile([0, 10], 0.95)).toBeCloseTo(9.5);
    expect(quantile([4], 0.95)).toBe(4);
  });

  it('mean and worst', () => {
    expect(mean([1, 2, 6])).toBe(3);
    expect(worst([1, 6, 2])).toBe(6);
  });

  it('say that there was nothing to measure', () => {
    expect([median([]), mean([]), worst([])]).toEqual([NaN, NaN, NaN]);
  });

  it('leave their input as it is', () => {
    const values = [3, 1, 2];
    median(values);
    expect(values).toEqual([3, 1, 2]);
  });
});
