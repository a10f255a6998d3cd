/** Does one thing at a time, in the order in which they were asked for. */
export class Queue {
  #last: Promise<unknown> = Promise.resolve();

  /** Runs `work` when all that came before has ended, well or not. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined);
    return result;
  }

  /**
   * The same, but whoever does not wait any more when its turn has not come yet is given `instead` at once.
   *
   * @param signal says that; once the work has begun, what it makes of that is its own affair.
   */
  runUnless<T>(signal: AbortSignal, work: () => Promise<T>, instead: () => T): Promise<T> {
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
