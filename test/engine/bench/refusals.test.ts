import { describe, expect, it } from 'vitest';
import type { Report } from '../../../src/bench/report.ts';
import { writeZooModel } from '../../../src/bench/zoo/zoo.ts';
import { runProgram, type Ended } from './run-program.ts';

const bench = (...args: readonly string[]): Promise<Ended> => runProgram('src/bench/main.ts', args);

interface Outcome {
  readonly policy?: string;
  readonly arm?: string;
  readonly supported: boolean;
  readonly reason: string | null;
}

async function outcomesOf(...args: readonly string[]): Promise<readonly Outcome[]> {
  const model = await writeZooModel({ name: 'qwen2vl', layers: 3, bos: false });
  const { stdout, stderr, code } = await bench(...args, '--model', model, '--json');
  if (code !== 0) throw new Error(stderr);
  return (JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as Report).results as readonly Outcome[];
}

/** A model whose process is lost when its keys are shifted. */
describe('a model whose cache cannot roll', () => {
  it('is put to dense attention, re-computation and rebase by perplexity, and to nothing else', async () => {
    const policies = ['dense', 'window', 'recompute', 'streaming', 'rebase'];
    const outcomes = await outcomesOf(
      ...['perplexity', '--tokens', '512', '--windows', '128', '--sinks', '4', '--every', '64', '--policies', policies.join(',')],
    );
    expect(outcomes.map(({ policy, supported, reason }) => [policy, supported, reason])).toEqual([
      ['dense', true, null],
      ['window', false, 'm-rope'],
      ['recompute', true, null],
      ['streaming', false, 'm-rope'],
      ['rebase', true, null],
    ]);
  });

  it('is put to rebase by streameval, and where that was not asked for, to nothing', async () => {
    const outcomes = await outcomesOf('streameval', '--windows', '128', '--distances', '5', '--samples', '1');
    expect(outcomes.map(({ policy, supported }) => [policy, supported])).toEqual([
      ['streaming', false],
      ['window', false],
    ]);
  });

  it('is put to single questions by streamqa', async () => {
    const outcomes = await outcomesOf('streamqa', '--rounds', '1');
    expect(outcomes.map(({ arm, supported }) => [arm, supported])).toEqual([
      ['one-shot', true],
      ['window', false],
      ['streaming', false],
    ]);
  });

  it('holds conversations in all ways but the rolling ones, and is no reason for ttft to fail', async () => {
    const outcomes = await outcomesOf('ttft', '--window', '256', '--turns', '15', '--repeat', '1');
    expect([...new Set(outcomes.map(({ arm, supported }) => `${arm}: ${supported}`))]).toEqual([
      'rebase: true',
      'truncate-every-turn: true',
      'truncate-a-tenth: true',
      'LlamaChatSession: true',
      'rolling-script: false',
    ]);
  });
});

describe('perplexity', () => {
  it('scores every token also where one chunk is all that a window holds besides its sinks', async () => {
    const { code, stdout } = await bench(
      ...['perplexity', '--tokens', '512', '--windows', '64', '--policies', 'streaming,window', '--sinks', '4', '--chunks', '60', '--json'],
    );
    const { results } = JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as Report;
    expect([code, results.map((result) => (result as { scored: number }).scored)]).toEqual([0, [511, 511]]);
  });

  it.each([
    [['--every', '600'], '--every must be at most 511'],
    [['--windows', '64', '--sinks', '60'], 'A window of 64 is too small for 60 sinks and a chunk of 8'],
    [['--batch', '1.5'], '--batch takes a whole number'],
  ])('%j is refused with a sentence', async (args, sentence) => {
    const { code, stderr } = await bench('perplexity', '--tokens', '2048', ...args);
    expect(code).toBe(2);
    expect(stderr).toContain(sentence);
  });
});
