/** Is told how many go before, at once and whenever one of them has ended. Must not throw. */
export type Wait = (ahead: number) => void;

/** Does one thing at a time, in the order in which they were asked for. */
export class Queue {
  #last: Promise<unknown> = Promise.resolve();
  /** Those that have not ended, the running one first. */
  #waits: readonly Wait[] = [];

  /** Runs `work` when all that came before has ended, well or not. */
  run<T>(work: () => Promise<T>, wait: Wait = () => undefined): Promise<T> {
    if (this.#waits.length > 0) wait(this.#waits.length);
    // Told to this one only: the same function may be waiting already.
    const place: Wait = (ahead) => wait(ahead);
    this.#waits = [...this.#waits, place];
    const result = this.#last.then(work).finally(() => {
      this.#waits = this.#waits.filter((other) => other !== place);
      for (const [ahead, tell] of this.#waits.entries()) if (ahead > 0) tell(ahead);
    });
    this.#last = result.catch(() => undefined);
    return result;
  }

  /**
   * The same, but whoever does not wait any more when its turn has not come yet is given `instead` at once.
   *
   * @param signal says that; once the work has begun, what it makes of that is its own affair.
   */
  async runUnless<T>(signal: AbortSignal, work: () => Promise<T>, instead: () => T): Promise<T> {
    // It would not be told of that again.
    if (signal.aborted) return instead();
    const gone = Promise.withResolvers<T>();
    const leave = (): void => gone.resolve(instead());
    signal.addEventListener('abort', leave, { once: true });
    const result = this.run(async () => {
      signal.removeEventListener('abort', leave);
      return signal.aborted ? instead() : work();
    });
    return Promise.race([result, gone.promise]);
  }
}
