import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { Report } from '../../../src/bench/report.ts';
import { runProgram, type Ended } from './run-program.ts';

const bench = (...args: readonly string[]): Promise<Ended> => runProgram('src/bench/main.ts', args);

const lastLine = (output: string): string => output.trimEnd().split('\n').at(-1) ?? '';

interface TurnResult {
  readonly arm: string;
  readonly turn: number;
  readonly newTokens: number;
  readonly decoded: number;
  readonly used: number;
  readonly full: boolean;
}

describe('the command line of the measuring programs', () => {
  it('lists them', async () => {
    const { code, stdout } = await bench('--help');
    expect(code).toBe(0);
    for (const name of ['ttft', 'activate', 'idle']) expect(stdout).toMatch(new RegExp(`^ {2}${name} `, 'm'));
  });

  it('explains the options of one', async () => {
    const { code, stdout } = await bench('ttft', '--help');
    expect(code).toBe(0);
    expect(stdout).toContain('--window N');
  });

  it.each([
    [['speed'], 'There is no program "speed"'],
    [[], 'Which program?'],
    [['ttft', '--colour', 'red'], '--colour'],
    [['ttft', '--turns', 'many'], '--turns takes a number'],
    [['ttft', '--arms', 'LlamaChatSession'], '--arms must contain "streaming"'],
    [['ttft', '--arms', 'streaming,forgetting'], '--arms takes some of streaming, '],
    [['ttft', '--past-turns', '15'], '--past-turns must fit into half the window'],
    [['ttft', '--model', 'package.json'], 'package.json is not a GGUF file'],
    [['ttft', '--model', 'nowhere.gguf'], 'nowhere.gguf is not there any more'],
  ])('%j is refused with a sentence', async (args, sentence) => {
    const { code, stdout, stderr } = await bench(...args, '--json');
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(sentence);
  });
});

describe('ttft', () => {
  const WINDOW = 256;
  let ended: Ended;
  let report: Report;
  let turns: readonly TurnResult[];

  beforeAll(async () => {
    ended = await bench('ttft', '--window', String(WINDOW), '--turns', '24', '--repeat', '1', '--json');
    report = JSON.parse(lastLine(ended.stdout)) as Report;
    turns = report.results as readonly TurnResult[];
  });

  it('ends with the report in the common form', () => {
    expect(Object.keys(report)).toEqual(['bench', 'model', 'machine', 'parameters', 'results', 'checks']);
    expect(report.parameters).toMatchObject({ window: WINDOW, turns: 24, repeat: 1 });
    expect(report.model).toMatchObject({ architecture: 'llama', window: WINDOW, backend: 'cpu' });
    expect(report.checks.map(({ comparison }) => comparison)).toEqual(['>=', '<=', '<=']);
  });

  it('fails exactly when a check does', () => {
    expect(ended.code).toBe(report.checks.every(({ holds }) => holds) ? 0 : 1);
  });

  it('has every turn of every arm', () => {
    for (const arm of ['streaming', 'rolling-script', 'truncate-every-turn', 'truncate-a-tenth', 'LlamaChatSession']) {
      expect(turns.filter((result) => result.arm === arm).map(({ turn }) => turn)).toEqual(Array.from({ length: 24 }, (_, at) => at + 1));
    }
  });

  it('finds that the rolling cache decodes what is appended, and nothing else', () => {
    const ours = turns.filter(({ arm }) => arm === 'streaming');
    expect(ours.map(({ decoded }) => decoded)).toEqual(ours.map(({ newTokens }) => newTokens));
    expect(Math.max(...ours.map(({ used }) => used))).toBeLessThanOrEqual(WINDOW);
    expect(report.checks.slice(0, 2).map(({ holds }) => holds)).toEqual([true, true]);
  });

  it('finds that the session of the library decodes again what it has decoded before', () => {
    const full = turns.filter(({ arm, full }) => arm === 'LlamaChatSession' && full);
    const sum = (field: 'decoded' | 'newTokens'): number => full.reduce((total, result) => total + result[field], 0);
    expect(sum('decoded')).toBeGreaterThan(2 * sum('newTokens'));
  });
});

describe.runIf(process.platform === 'linux')('idle', () => {
  it('finds that nothing is left of an engine whose client has gone', async () => {
    vi.stubEnv('ENDLESS_LINGER_MS', '200');
    const { stdout } = await bench('idle', '--minutes', '0.01', '--json');
    vi.unstubAllEnvs();
    const report = JSON.parse(lastLine(stdout)) as Report;
    expect(report.results).toMatchObject([{ processes: 1, processesLeft: 0, filesLeft: [] }]);
  });
});
