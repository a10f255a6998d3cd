import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { ShiftTrials } from '../../engine/model/shift-trial.ts';
import { EndlessError } from '../../shared/errors.ts';
import { describeModel } from '../loaded-model.ts';
import type { Answer, Task } from './isolation.ts';
import { casesOf } from './model-cases.ts';
import { openModel } from '../open-model.ts';

/** The process that may be lost over a model: takes one after the other and sends back what it found out. */
process.on('message', (task: Task) => {
  void answer(task).then((sent) => process.send?.(sent));
});

async function answer(task: Task): Promise<Answer> {
  try {
    const { loaded, layers } = await (task.trial ? openTried(task) : openModel(task));
    const results = await casesOf(task.name, loaded, task.layers ?? layers, task);
    const model = describeModel(loaded.facts, loaded.fingerprint);
    await loaded.dispose();
    return { model, results };
  } catch (error) {
    const known = error instanceof EndlessError ? error : new EndlessError('internal', { reason: inspect(error) }, error);
    return { error: known.toReport() };
  }
}

/** As the engine opens it: what the metadata promise is tried in yet another process, and never remembered. */
async function openTried(task: Task): ReturnType<typeof openModel> {
  const directory = await mkdtemp(join(tmpdir(), 'endless-oracle-'));
  try {
    const trials = new ShiftTrials(directory, fileURLToPath(import.meta.resolve('../../engine/main.ts')));
    return await openModel(task, (candidate) => trials.confirm(candidate));
  } finally {
    await rm(directory, { recursive: true });
  }
}
