/** Who has had something go first is taken to come again within this time, in milliseconds. */
const RECENT_MS = 10_000;

/**
 * Lets what somebody waits for at every key go before what takes long: an answer of the chat is decoded in steps, and asks
 * here before each.
 */
export class Precedence {
  #running = 0;
  #lastAt = -Infinity;
  #clear = Promise.withResolvers<void>();

  /** Runs `work`, for which others give way. */
  async first<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running++ === 0) this.#clear = Promise.withResolvers();
    try {
      return await work();
    } finally {
      this.#lastAt = performance.now();
      if (--this.#running === 0) this.#clear.resolve();
    }
  }

  /** What to wait for before the next step; `undefined`, mostly, when nothing goes before. */
  readonly giveWay = (): Promise<void> | undefined => (this.#running > 0 ? this.#clear.promise : undefined);

  /** Whether something goes before, or did lately and may again: then whatever cannot be interrupted is to be short. */
  readonly isRecent = (): boolean => this.#running > 0 || performance.now() - this.#lastAt < RECENT_MS;
}
