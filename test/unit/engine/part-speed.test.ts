import { expect, it } from 'vitest';
import { PartSpeed } from '../../../src/engine/downloads/part-speed.ts';

/** A speed on a clock that a test sets. */
function speedOn(clock: { now: number }): (bytes: number, at: number) => number {
  const speed = new PartSpeed(() => clock.now);
  return (bytes, at) => {
    clock.now = at;
    return speed.after(bytes);
  };
}

it('a speed is not known before something has come in', () => {
  const after = speedOn({ now: 0 });
  expect(after(500, 0)).toBe(0);
  expect(after(500, 1_000)).toBe(0);
});

it('what was there before does not count', () => {
  const after = speedOn({ now: 0 });
  after(1_000_000, 0);
  expect(after(1_002_000, 1_000)).toBe(2_000);
});

it('only the last seconds count', () => {
  const after = speedOn({ now: 0 });
  for (let second = 0; second <= 10; second += 1) after(second * 1_000, second * 1_000);
  for (let second = 1; second <= 5; second += 1) after(10_000 + second * 9_000, (10 + second) * 1_000);
  expect(after(10_000 + 6 * 9_000, 16_000)).toBe(9_000);
});

it('a file that is begun anew is measured anew', () => {
  const after = speedOn({ now: 0 });
  after(0, 0);
  after(9_000, 1_000);
  expect(after(100, 2_000)).toBe(0);
});
