import { describe, expect, it } from 'vitest';
import { checksOf, resultOf, type Round, type WindowResult } from '../../../src/bench/programs/latency-results.ts';

const step = (ms: number, decoded: number): Round['recompute'][number] => ({ ms, cpuMs: ms / 2, decoded });
const rolling = (ms: number, evicted = false): Round['streaming'][number] => ({ ...step(ms, 1), evicted });

const round = (streaming: number, recompute: number): Round => ({
  streaming: [rolling(streaming * 2, true), rolling(streaming / 2), rolling(streaming / 2)],
  recompute: [step(recompute, 256)],
});

const measured = (window: number, rounds: readonly Round[]): WindowResult =>
  resultOf(rounds, { window, chunk: 2, recomputeBatch: window, recomputeFlash: false });

describe('what a window costs', () => {
  const result = measured(256, [round(10, 100), round(20, 100), round(10, 300)]);

  it('counts evictions with the tokens that follow them', () => {
    expect(result.streamingMs).toEqual({ median: 10, least: 10, most: 20 });
    expect(result).toMatchObject({ plainStepMs: 5, shiftStepMs: 20, worstStepMs: 40 });
  });

  it('compares what was measured side by side', () => {
    expect(result.ratio).toEqual({ median: 10, least: 5, most: 30 });
    expect(result.recomputeCpuMs.median).toBe(50);
  });

  it('has the tokens decoded for one', () => {
    expect(result).toMatchObject({ streamingDecoded: 1, recomputeDecoded: 256, streamingTokens: 9, recomputeTokens: 3 });
  });
});

describe('the checks', () => {
  const holds = (results: readonly WindowResult[]): readonly boolean[] => checksOf(results).map((one) => one.holds);

  it('want a ratio that is large at last, grows, and does not come from slow small windows', () => {
    expect(holds([measured(256, [round(10, 50)]), measured(512, [round(11, 300)])])).toEqual([true, true, true]);
  });

  it('fail when it is too small', () => {
    expect(holds([measured(256, [round(10, 50)]), measured(512, [round(10, 210)])])).toEqual([false, true, true]);
  });

  it('fail when it does not grow', () => {
    expect(holds([measured(256, [round(10, 500)]), measured(512, [round(10, 500)])])).toEqual([true, false, true]);
  });

  it('fail when streaming gets slow', () => {
    expect(holds([measured(256, [round(10, 50)]), measured(512, [round(22, 900)])])).toEqual([true, true, false]);
  });

  it('fail where one window leaves open what several would show', () => {
    expect(holds([measured(256, [round(10, 500)])])).toEqual([true, false, false]);
  });
});
