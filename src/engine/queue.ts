/** Is told how many go before, at once and whenever one of them has ended. Must not throw. */
export type Wait = (ahead: number) => void;

interface Job {
  /** Never fails. */
  readonly run: () => Promise<void>;
  /** Who is told how many go before; nobody where it is short, or is nothing that anybody waits for. */
  readonly wait?: Wait;
  /** Tells it to make way; only for what does. */
  readonly makeWay?: AbortController;
}

/**
 * Does one thing at a time, in the order in which they were asked for; but what is short may go before all that wait, and what nobody
 * waits for comes last and makes way.
 */
export class Queue {
  #running: Job | undefined;
  /** Those that go before all others. */
  #next: readonly Job[] = [];
  #waiting: readonly Job[] = [];
  #idle: readonly Job[] = [];

  /** Runs `work` when all that came before has ended, well or not. */
  run<T>(work: () => Promise<T>, wait: Wait = () => undefined): Promise<T> {
    const ahead = this.#waiting.length + (this.#running && !this.#running.makeWay ? 1 : 0);
    if (ahead > 0) wait(ahead);
    const { run, result } = jobOf(work);
    this.#waiting = [...this.#waiting, { run, wait }];
    this.#goOn();
    return result;
  }

  /** Runs `work` when what is running now has ended, before all that wait. */
  runNext<T>(work: () => Promise<T>): Promise<T> {
    const { run, result } = jobOf(work);
    this.#next = [...this.#next, { run }];
    this.#goOn();
    return result;
  }

  /**
   * Runs `work` when there is nothing else to do.
   *
   * @param work is told by its signal to end soon, since there is something else to do.
   */
  runIdly<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const makeWay = new AbortController();
    const { run, result } = jobOf(() => work(makeWay.signal));
    this.#idle = [...this.#idle, { run, makeWay }];
    this.#goOn();
    return result;
  }

  /**
   * The same as `run`, but whoever does not wait any more when its turn has not come yet is given `instead` at once.
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

  /** Begins what comes next, or has what runs make way for it. */
  #goOn(): void {
    if (this.#running) {
      if (this.#next.length + this.#waiting.length > 0) this.#running.makeWay?.abort();
      return;
    }
    const job = this.#take();
    this.#running = job;
    // Never in the middle of what somebody else is doing.
    if (job) void job.run().then(() => this.#end());
  }

  #take(): Job | undefined {
    const job = this.#next[0] ?? this.#waiting[0] ?? this.#idle[0];
    const others = (jobs: readonly Job[]): readonly Job[] => jobs.filter((other) => other !== job);
    [this.#next, this.#waiting, this.#idle] = [others(this.#next), others(this.#waiting), others(this.#idle)];
    return job;
  }

  #end(): void {
    this.#running = undefined;
    this.#goOn();
    for (const [at, { wait }] of this.#waiting.entries()) wait?.(at + 1);
  }
}

function jobOf<T>(work: () => Promise<T>): { readonly run: () => Promise<void>; readonly result: Promise<T> } {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  return { run: () => Promise.resolve().then(work).then(resolve, reject), result: promise };
}
