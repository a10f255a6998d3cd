import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { EndlessError, type ErrorReport } from '../../shared/errors.ts';
import type { MeasuredModel } from '../report.ts';
import type { CaseResult, Extent } from './model-cases.ts';
import type { OpenSettings } from '../open-model.ts';

/** A model to be looked into. */
export interface Task extends OpenSettings, Extent {
  /** Begins the name of every case. */
  readonly name: string;
  /** Layers that say something, where the file has more. */
  readonly layers?: number;
  /** Whether the engine's own trial is held first; without it, the metadata alone decide. */
  readonly trial: boolean;
}

export interface Findings {
  readonly model: MeasuredModel | null;
  readonly results: readonly CaseResult[];
}

export type Answer = Findings | { readonly error: ErrorReport };

const WORKER = fileURLToPath(import.meta.resolve('./worker.ts'));

/**
 * Looks into models in a process of its own, the same one for all of them until one takes it down: native code that
 * meets a model it cannot shift may abort, and the others are to be looked into all the same.
 */
export class Isolation implements AsyncDisposable {
  readonly #program: string;
  #worker: ChildProcess | undefined;

  /** @param program what the process runs */
  constructor(program = WORKER) {
    this.#program = program;
  }

  /** @throws EndlessError when the model cannot be loaded. */
  async findingsAbout(task: Task): Promise<Findings> {
    const worker = (this.#worker ??= fork(this.#program, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] }));
    const lost = new AbortController();
    const answer = once(worker, 'message', { signal: lost.signal }) as Promise<[Answer]>;
    const end = (): void => lost.abort();
    worker.once('exit', end);
    worker.send(task);
    try {
      const [received] = await answer;
      if ('error' in received) throw EndlessError.fromReport(received.error);
      return received;
    } catch (error) {
      if (!lost.signal.aborted) throw error;
      this.#worker = undefined;
      return { model: null, results: [{ case: task.name, supported: true, reason: ABORTED, kl: null }] };
    } finally {
      worker.off('exit', end);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#worker) return;
    const ended = once(this.#worker, 'exit');
    this.#worker.disconnect();
    await ended;
  }
}

/** The reason of a case that the process did not survive. */
export const ABORTED = 'aborted';
