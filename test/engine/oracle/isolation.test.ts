import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Isolation, type Task } from '../../../src/bench/oracle/isolation.ts';

const WORKER = `process.on('message', ({ name }) => {
  if (name === 'deadly') process.kill(process.pid, 'SIGKILL');
  if (name === 'broken') process.send({ error: { code: 'model-truncated', args: {} } });
  else process.send({ model: null, results: [{ case: name, supported: true, reason: null, kl: process.pid }] });
});`;

const task = (name: string): Task => ({ name, path: name, window: 255, threads: 1, gpu: 'off', operations: 1, seed: 1, trial: false });

let directory: string;
let worker: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'endless-isolation-'));
  worker = join(directory, 'worker.mjs');
  await writeFile(worker, WORKER);
});
afterAll(() => rm(directory, { recursive: true }));

describe('looking into models in a process of its own', () => {
  it('loses no other model when one takes the process down', async () => {
    await using isolation = new Isolation(worker);
    const first = await isolation.findingsAbout(task('first'));
    const second = await isolation.findingsAbout(task('second'));
    expect(second.results[0]?.kl).toBe(first.results[0]?.kl);
    const lost = await isolation.findingsAbout(task('deadly'));
    expect(lost.results).toEqual([{ case: 'deadly', supported: true, reason: 'aborted', kl: null }]);
    const third = await isolation.findingsAbout(task('third'));
    expect(third.results[0]?.kl).not.toBe(first.results[0]?.kl);
  });

  it('passes on why a model cannot be loaded', async () => {
    await using isolation = new Isolation(worker);
    await expect(isolation.findingsAbout(task('broken'))).rejects.toMatchObject({ code: 'model-truncated' });
  });
});
