import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ShiftTrials, type ShiftCandidate } from '../../src/engine/model/shift-trial.ts';
import { testSettings } from './bundled-model.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'endless-trial-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const candidate: ShiftCandidate = { settings: testSettings(), fingerprint: 'f', backend: 'cpu' };
const verdicts = (): string => join(folder, 'shift-verdicts.json');

/** Trials held by a program that does this, and how often it was run. */
function trialsBy(program: string): { readonly trials: ShiftTrials; readonly runs: () => number } {
  const log = join(folder, 'runs');
  const entry = join(folder, 'entry.mjs');
  writeFileSync(log, '');
  writeFileSync(entry, `import { appendFileSync } from 'node:fs';\nappendFileSync(${JSON.stringify(log)}, 'x');\n${program}\n`);
  return { trials: new ShiftTrials(folder, entry), runs: () => readFileSync(log, 'utf8').length };
}

describe('the trial of a shift', () => {
  it('confirms the bundled model, in a process of its own', async () => {
    const trials = new ShiftTrials(folder, resolve('src/engine/main.ts'));
    await expect(trials.confirm(candidate)).resolves.toBe(true);
    expect(readFileSync(verdicts(), 'utf8')).toContain('true');
  });

  it('is held once for a model, a version of the library and a back end', async () => {
    const { trials, runs } = trialsBy(`console.log('runs'); process.stdout.write('0.00001');`);
    await expect(trials.confirm(candidate)).resolves.toBe(true);
    await expect(trials.confirm(candidate)).resolves.toBe(true);
    expect(runs()).toBe(1);
    await trials.confirm({ ...candidate, backend: 'vulkan' });
    await trials.confirm({ ...candidate, fingerprint: 'g' });
    expect(runs()).toBe(3);
  });

  it.each([
    ['the model says something else afterwards', `console.log('runs'); process.stdout.write('0.2');`],
    ['what comes out is no number', `console.log('runs'); process.stdout.write('NaN');`],
    ['the process aborts', `console.log('runs'); process.abort();`],
  ])('is a no when %s, and is remembered', async (_when, program) => {
    const { trials, runs } = trialsBy(program);
    await expect(trials.confirm(candidate)).resolves.toBe(false);
    await expect(trials.confirm(candidate)).resolves.toBe(false);
    expect(runs()).toBe(1);
  });

  it.each([
    ['is killed from outside', `process.kill(process.pid, 'SIGKILL'); setInterval(() => undefined, 1000);`],
    ['says nothing', ``],
  ])('leaves the question open when the process %s', async (_what, program) => {
    const { trials, runs } = trialsBy(program);
    await expect(trials.confirm(candidate)).resolves.toBe(true);
    await expect(trials.confirm(candidate)).resolves.toBe(true);
    expect(runs()).toBe(2);
  });

  it('ends with the model named when the process aborts before anything is shifted, and nothing is remembered', async () => {
    const { trials } = trialsBy('process.abort();');
    const { modelPath: path } = candidate.settings;
    await expect(trials.confirm(candidate)).rejects.toMatchObject({ code: 'model-ends-engine', args: { path } });
    expect(existsSync(verdicts())).toBe(false);
  });

  it('leaves the question open when the model cannot be loaded: loading it will say why', async () => {
    const trials = new ShiftTrials(folder, resolve('src/engine/main.ts'));
    const missing = { ...candidate, settings: testSettings({ modelPath: join(folder, 'missing.gguf') }) };
    await expect(trials.confirm(missing)).resolves.toBe(true);
    expect(existsSync(verdicts())).toBe(false);
  });

  it('is broken off with its reason', async () => {
    const { trials } = trialsBy('setInterval(() => undefined, 1000);');
    const stop = new AbortController();
    const confirming = trials.confirm(candidate, stop.signal);
    stop.abort(new Error('stopped by the user'));
    await expect(confirming).rejects.toThrow('stopped by the user');
  });
});
