import { beforeAll, describe, expect, it } from 'vitest';
import type { BusyResult, CompletionMeasurement, KeyResult, StopResult } from '../../../src/bench/programs/completion-results.ts';
import type { Report } from '../../../src/bench/report.ts';
import { runProgram } from './run-program.ts';

describe('completion', () => {
  let report: Report;
  let keys: readonly KeyResult[];
  let busy: readonly BusyResult[];
  let stops: readonly StopResult[];

  beforeAll(async () => {
    const args = ['completion', '--shape=', '--window', '512', '--requests', '20', '--busy', '2', '--json'];
    const { stdout } = await runProgram('src/bench/main.ts', args);
    report = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Report;
    const results = report.results as readonly CompletionMeasurement[];
    keys = results.filter((result) => result.part === 'typing');
    busy = results.filter((result) => result.part === 'busy');
    stops = results.filter((result) => result.part === 'stop');
  });

  it('asks as often as it was told, what is known not counted', () => {
    expect(keys.filter(({ known }) => !known)).toHaveLength(20);
  });

  it('finds that a key costs what was typed', () => {
    const kept = keys.filter(({ known, frameKept }) => !known && frameKept);
    expect(kept.length).toBeGreaterThan(10);
    for (const { evaluated, typed } of kept) expect(evaluated).toBeLessThanOrEqual(typed + 8);
  });

  it('puts the library beside every tenth', () => {
    expect(keys.filter(({ libraryMs }) => libraryMs !== null)).toHaveLength(2);
  });

  it('asks while the chat is idle, generating and reading', () => {
    expect(busy.map(({ chat }) => chat)).toEqual(['idle', 'idle', 'generating', 'generating', 'prefilling', 'prefilling']);
    expect(stops.filter(({ what }) => what === 'completion')).toHaveLength(6);
    expect(stops.filter(({ what }) => what === 'chat')).toHaveLength(2);
  });

  it('has a check for each thing that must hold', () => expect(report.checks).toHaveLength(7));
});
