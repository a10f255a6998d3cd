import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WindowResult } from '../../../src/bench/programs/latency-results.ts';
import type { Report } from '../../../src/bench/report.ts';
import { writeZooModel } from '../../../src/bench/zoo/zoo.ts';
import { runProgram, type Ended } from './run-program.ts';

describe('latency', () => {
  let directory: string;
  let ended: Ended;
  let report: Report;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'endless-report-'));
    const options = ['--windows', '64,32', '--chunk', '6', '--seconds', '0', '--json', '--report', join(directory, 'pages')];
    ended = await runProgram('src/bench/main.ts', ['latency', ...options]);
    report = JSON.parse(ended.stdout.trimEnd().split('\n').at(-1) ?? '') as Report;
  });
  afterAll(() => rm(directory, { recursive: true }));

  it('decodes one token for one token, and by re-computation the whole window', () => {
    expect(report.results as readonly WindowResult[]).toMatchObject([
      { window: 32, chunk: 6, rounds: 3, streamingDecoded: 1, recomputeDecoded: 32 },
      { window: 64, chunk: 6, rounds: 3, streamingDecoded: 1, recomputeDecoded: 64 },
    ]);
  });

  it('measures whole cycles, each with its evictions', () => {
    for (const { streamingTokens, shiftStepMs, plainStepMs } of report.results as readonly WindowResult[]) {
      expect(streamingTokens).toBe(3 * 18);
      expect(shiftStepMs).toBeGreaterThan(0);
      expect(plainStepMs).toBeGreaterThan(0);
    }
  });

  it('fails exactly when a check does', () => {
    expect(report.checks).toHaveLength(3);
    expect(ended.code).toBe(report.checks.every(({ holds }) => holds) ? 0 : 1);
  });

  it('draws its results', async () => {
    const page = await readFile(join(directory, 'pages', 'latency.html'), 'utf8');
    expect(page).toContain('<figcaption>Time per decoded token</figcaption>');
    expect(page).toContain('<title>recompute / streaming:');
  });
});

it.each([
  [['--windows', '16'], '--windows takes whole numbers of at least 32'],
  [['--flash', 'maybe'], '--flash is "on", "off" or "product"'],
  [['--shape', '70b'], '--shape is one of 0.5b, 1b, 7b'],
  [['--report'], '--report takes a value'],
  [['--windows', '64,32', '--sinks', '20'], '--sinks must be at most half of the smallest window'],
  [['--sinks', '3.5'], '--sinks takes a whole number'],
])('latency %j is refused with a sentence', async (args, sentence) => {
  const { code, stderr } = await runProgram('src/bench/main.ts', ['latency', ...args]);
  expect(code).toBe(2);
  expect(stderr).toContain(sentence);
});

it('latency says why it cannot be measured with a model whose keys must not be shifted', async () => {
  const model = await writeZooModel({ name: 'qwen2vl', layers: 1, bos: true });
  const { code, stdout } = await runProgram('src/bench/main.ts', [
    'latency',
    '--model',
    model,
    '--windows',
    '64',
    '--seconds',
    '0',
    '--json',
  ]);
  const { results, checks } = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Report;
  expect({ code, results, checks }).toEqual({ code: 0, results: [{ supported: false, reason: 'm-rope' }], checks: [] });
});
