import { beforeAll, describe, expect, it } from 'vitest';
import type {
  BusyResult,
  CompletionMeasurement,
  HoleResult,
  KeyResult,
  LibraryResult,
  StopResult,
} from '../../../src/bench/programs/completion-results.ts';
import type { Report } from '../../../src/bench/report.ts';
import { runProgram } from './run-program.ts';

const REQUESTS = 20;
/** What was typed is typed again as fast as it was, several times. */
const LONG_MS = 900_000;

describe('completion', () => {
  let report: Report;
  let keys: readonly KeyResult[];
  let library: readonly LibraryResult[];
  let busy: readonly BusyResult[];
  let stops: readonly StopResult[];
  let holes: readonly HoleResult[];

  beforeAll(async () => {
    const options = { model: 'models/endless-tiny.gguf', window: 512, requests: REQUESTS, every: 4, busy: 2, holes: 8 };
    const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, `${value}`]);
    const { stdout } = await runProgram('src/bench/main.ts', ['completion', ...args, '--json']);
    report = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Report;
    const results = report.results as readonly CompletionMeasurement[];
    keys = results.filter((result) => result.part === 'typing');
    library = results.filter((result) => result.part === 'library');
    busy = results.filter((result) => result.part === 'busy');
    stops = results.filter((result) => result.part === 'stop');
    holes = results.filter((result) => result.part === 'hole');
  }, LONG_MS);

  it('types until the model has been asked as often as it was told, in each run', () => {
    for (const run of ['no passages', 'passages', 'as it is']) {
      const asked = keys.filter((key) => key.run === run && (key.stats?.evaluated ?? 0) > 0);
      expect(asked.length).toBeGreaterThanOrEqual(REQUESTS);
      expect(asked.length).toBeLessThan(REQUESTS + 3);
    }
  });

  it('finds that a key costs what was typed, once all has been read', () => {
    const kept = keys.flatMap(({ stats, typed }) => (stats?.frameKept && stats.generated > 0 ? [stats.evaluated - typed] : []));
    expect(kept.length).toBeGreaterThan(10);
    expect(kept.filter((beyond) => beyond > 8).length).toBeLessThan(kept.length / 4);
  });

  it('asks the library the same as some of the answered requests', () => {
    expect(library.length).toBeGreaterThan(0);
    for (const { ms, ownMs } of library) expect([ms > 0, ownMs > 0]).toEqual([true, true]);
  });

  it('asks while the chat is idle, generating and reading', () => {
    expect(busy.map(({ chat }) => chat)).toEqual(['idle', 'idle', 'generating', 'generating', 'prefilling', 'prefilling']);
    expect(stops.filter(({ what }) => what === 'completion')).toHaveLength(6);
    expect(stops.filter(({ what }) => what === 'chat')).toHaveLength(2);
    expect(stops.filter(({ what }) => what === 'waiting chat')).toHaveLength(2);
  });

  it('ends the same lines without passages, with them, and while the chat generates, which changes nothing', () => {
    const groups = [0, 8, 16, 24].map((first) => holes.slice(first, first + 8));
    expect(groups.map(([first]) => [first!.passages, first!.chat])).toEqual([
      [false, 'idle'],
      [true, 'idle'],
      [false, 'generating'],
      [true, 'generating'],
    ]);
    const linesOf = (some: readonly HoleResult[]): readonly string[] => some.map(({ path, missing }) => `${path} ${missing}`);
    const saidIn = (some: readonly HoleResult[]): readonly string[] => some.map(({ said }) => said);
    expect(groups.map(linesOf)).toEqual(groups.map(() => linesOf(holes.slice(0, 8))));
    expect(groups.slice(2).map(saidIn)).toEqual(groups.slice(0, 2).map(saidIn));
    for (const { exact, said, missing, similarity } of holes) {
      expect(exact).toBe(said.trimEnd() === missing.trimEnd());
      expect(similarity).toBeGreaterThanOrEqual(0);
    }
  });

  it('has a check for each thing that must hold', () => expect(report.checks).toHaveLength(8));
});
