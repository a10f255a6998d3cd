import { describe, expect, it } from 'vitest';
import { Debounce } from '../../../../src/shared/completion/debounce.ts';

describe('the pause before the engine is asked', () => {
  it('is short while nothing is known', () => expect(new Debounce().delayMs).toBe(20));

  it('grows with the time that answers take, and never long', () => {
    const delays = [50, 200, 600, 5_000].map((ms) => {
      const debounce = new Debounce();
      debounce.answered(ms);
      return debounce.delayMs;
    });
    expect(delays).toEqual([20, 60, 180, 250]);
  });

  it('follows a change, but not one odd answer', () => {
    const debounce = new Debounce();
    debounce.answered(200);
    debounce.answered(1000);
    expect(debounce.delayMs).toBeLessThan(150);
    for (let n = 0; n < 20; n++) debounce.answered(100);
    expect(debounce.delayMs).toBeCloseTo(30, 0);
  });
});
