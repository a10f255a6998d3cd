import { describe, expect, test } from 'vitest';
import { RestartPolicy } from '../../../src/extension/engine/restart-policy.ts';

const MINUTE = 60_000;

describe('the restart policy', () => {
  test('allows three restarts within three minutes and no fourth', () => {
    const policy = new RestartPolicy();
    expect([0, 1, 2, 3 * MINUTE - 1].map((time) => policy.allows(time))).toEqual([true, true, true, false]);
  });

  test('allows one more when the first is three minutes ago', () => {
    const policy = new RestartPolicy();
    for (const time of [0, 1, 2]) policy.allows(time);
    expect(policy.allows(3 * MINUTE)).toBe(true);
    expect(policy.allows(3 * MINUTE)).toBe(false);
  });

  test('does not count what it has refused', () => {
    const policy = new RestartPolicy();
    for (const time of [0, 0, 0, 1, 1, 1]) policy.allows(time);
    expect(policy.allows(3 * MINUTE)).toBe(true);
  });

  test('counts anew when the user asks for another try', () => {
    const policy = new RestartPolicy();
    for (const time of [0, 0, 0]) policy.allows(time);
    policy.reset();
    expect(policy.allows(1)).toBe(true);
  });
});
