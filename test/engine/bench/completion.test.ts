import { beforeAll, describe, expect, it } from 'vitest';
import type {
  BusyResult,
  CompletionMeasurement,
  HoleResult,
  KeyResult,
  StopResult,
} from '../../../src/bench/programs/completion-results.ts';
import type { Report } from '../../../src/bench/report.ts';
import { runProgram } from './run-program.ts';

describe('completion', () => {
  let report: Report;
  let keys: readonly KeyResult[];
  let busy: readonly BusyResult[];
  let stops: readonly StopResult[];
  let holes: readonly HoleResult[];

  beforeAll(async () => {
    const args = [
      'completion',
      '--model',
      'models/endless-tiny.gguf',
      '--window',
      '512',
      '--requests',
      '20',
      '--busy',
      '2',
      '--holes',
      '8',
      '--json',
    ];
    const { stdout } = await runProgram('src/bench/main.ts', args);
    report = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Report;
    const results = report.results as readonly CompletionMeasurement[];
    keys = results.filter((result) => result.part === 'typing');
    busy = results.filter((result) => result.part === 'busy');
    stops = results.filter((result) => result.part === 'stop');
    holes = results.filter((result) => result.part === 'hole');
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
    expect(stops.filter(({ what }) => what === 'chat')).toHaveLength(4);
  });

  it('ends the same lines without passages, with them, and while the chat generates, which changes nothing', () => {
    const [without, beside, busyChat] = [holes.slice(0, 8), holes.slice(8, 16), holes.slice(16)];
    const linesOf = (some: readonly HoleResult[]): readonly string[] => some.map(({ path, missing }) => `${path} ${missing}`);
    expect([without, beside, busyChat].map(linesOf)).toEqual([1, 2, 3].map(() => linesOf(without)));
    expect(without.every(({ passages, chat }) => !passages && chat === 'idle')).toBe(true);
    expect(beside.every(({ passages, chat }) => passages && chat === 'idle')).toBe(true);
    expect(busyChat.every(({ passages, chat }) => passages && chat === 'generating')).toBe(true);
    expect(busyChat.map(({ said }) => said)).toEqual(beside.map(({ said }) => said));
    for (const { exact, said, missing, similarity } of holes) {
      expect(exact).toBe(said.trimEnd() === missing.trimEnd());
      expect(similarity).toBeGreaterThanOrEqual(0);
    }
  });

  it('has a check for each thing that must hold', () => expect(report.checks).toHaveLength(7));
});
