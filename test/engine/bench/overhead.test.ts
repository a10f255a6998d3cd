import { beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../../src/bench/report.ts';
import { runProgram, type Ended } from './run-program.ts';

describe('overhead', () => {
  let ended: Ended;
  let report: Report;

  beforeAll(async () => {
    ended = await runProgram('src/bench/main.ts', ['overhead', '--rounds', '5', '--answer-tokens', '16', '--json']);
    report = JSON.parse(ended.stdout.trimEnd().split('\n').at(-1) ?? '') as Report;
  });

  it('measures an answer of the product beside equally long ones of the library and of a bare loop', () => {
    expect(report.results).toHaveLength(5);
    for (const result of report.results) {
      expect(result).toEqual({
        round: expect.any(Number) as number,
        messageTokens: expect.any(Number) as number,
        drawnTokens: expect.any(Number) as number,
        used: expect.any(Number) as number,
        product: expect.any(Number) as number,
        library: expect.any(Number) as number,
        raw: expect.any(Number) as number,
      });
    }
  });

  it('compares the product with the library', () => {
    expect(report.checks).toMatchObject([{ comparison: '<=', limit: 0.25, value: expect.any(Number) as number }]);
    expect(ended.code).toBe(report.checks.every(({ holds }) => holds) ? 0 : 1);
  });
});
