import { describe, expect, it } from 'vitest';
import type { Report } from '../../../src/bench/report.ts';
import { runProgram } from './run-program.ts';

interface Sample {
  readonly task: string;
  readonly prompt: string;
  readonly said: string;
  readonly right: boolean;
}

describe('sanity', () => {
  it('asks what was taught, begins functions, and ends lines', async () => {
    const { stdout } = await runProgram('src/bench/main.ts', ['sanity', '--lessons', '3', '--snippets', '2', '--queries', '4', '--json']);
    const report = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Report;
    const samples = report.results as readonly Sample[];
    expect(samples.map(({ task }) => task)).toEqual([
      ...Array<string>(3).fill('concepts'),
      ...Array<string>(2).fill('functions begun'),
      ...Array<string>(3).fill('lines of these functions'),
      ...Array<string>(2).fill('lines of unknown code'),
      ...Array<string>(2).fill('streameval'),
      ...Array<string>(3).fill('perplexity'),
    ]);
    expect(samples[0]).toMatchObject({ prompt: 'What is a closure?', right: true });
    expect(report.checks).toHaveLength(6);
  });
});
