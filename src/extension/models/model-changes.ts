import type { Purpose } from '../../shared/downloads.ts';

interface Running {
  readonly ended: AbortController;
  /** What was in use before this change, and before those that it has ended. */
  readonly former: string;
}

/** Changes to another model that are under way: one for each purpose, which the next one ends. */
export class ModelChanges {
  readonly #running = new Map<Purpose, Running>();

  isRunning(purpose: Purpose): boolean {
    return this.#running.has(purpose);
  }

  /**
   * @param chosen what the settings hold now.
   * @param change is told what to go back to where it fails, and when it is to end.
   */
  async run<T>(purpose: Purpose, chosen: string, change: (former: string, signal: AbortSignal) => Promise<T>): Promise<T> {
    const before = this.#running.get(purpose);
    before?.ended.abort();
    const running = { ended: new AbortController(), former: before?.former ?? chosen };
    this.#running.set(purpose, running);
    try {
      return await change(running.former, running.ended.signal);
    } finally {
      if (this.#running.get(purpose) === running) this.#running.delete(purpose);
    }
  }
}
