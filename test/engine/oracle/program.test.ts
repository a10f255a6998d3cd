import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CaseResult } from '../../../src/bench/oracle/model-cases.ts';
import type { Report } from '../../../src/bench/report.ts';
import { writeZooModel, type ZooModel } from '../../../src/bench/zoo/zoo.ts';
import { runProgram } from '../bench/run-program.ts';

interface Ended {
  readonly code: number | null;
  readonly report: Report;
  readonly results: readonly CaseResult[];
}

async function oracle(model: string): Promise<Ended> {
  const { code, stdout } = await runProgram('src/bench/main.ts', ['oracle', '--model', model, '--operations', '30', '--json']);
  const report = JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as Report;
  return { code, report, results: report.results as readonly CaseResult[] };
}

const zooModel = (name: ZooModel['name'], layers: number): Promise<string> => writeZooModel({ name, layers, bos: true });

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'endless-oracle-test-'));
});
afterAll(() => rm(directory, { recursive: true }));

describe('the program `oracle`', () => {
  it('asks the oracle and measures the drift of a model with one layer, even without a chat template', async () => {
    const file = await readFile(await zooModel('qwen2', 1));
    const model = join(directory, 'one-layer.gguf');
    await writeFile(model, Buffer.from(file.toString('latin1').replace('tokenizer.chat_template', 'tokenizer.chat_templatX'), 'latin1'));
    const { code, report, results } = await oracle(model);
    expect(code).toBe(0);
    expect(report).toMatchObject({ bench: 'oracle', model: { architecture: 'qwen2', canShift: true } });
    expect(results.map((result) => result.case)).toEqual(
      ['streaming', 'window', 'moved', 'drift 1', 'drift 16', 'drift 64'].map((name) => `one-layer.gguf, ${name}`),
    );
    for (const { kl } of results) expect(kl).toBeLessThanOrEqual(1e-5);
    expect(report.checks.map(({ holds }) => holds)).not.toContain(false);
  });

  it('measures what shifting does only, of a model with more layers', async () => {
    const { code, results } = await oracle(await zooModel('llama', 3));
    expect(code).toBe(0);
    expect(results.map((result) => result.case)).toEqual(
      ['moved', 'drift 1', 'drift 16', 'drift 64'].map((name) => `llama-3-bos.gguf, ${name}`),
    );
  });

  it('says why a model is refused, and shifts nothing of it', async () => {
    const { code, report, results } = await oracle(await zooModel('qwen2vl', 3));
    expect(code).toBe(0);
    expect(results).toEqual([{ case: 'qwen2vl-3-bos.gguf', supported: false, reason: 'm-rope', kl: null }]);
    expect(report.model).toMatchObject({ architecture: 'qwen2vl', canShift: false });
  });
});
