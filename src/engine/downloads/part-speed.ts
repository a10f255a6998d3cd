/** The time that a speed is measured over, in milliseconds. */
const PERIOD_MS = 5_000;
/** Between two marks that are kept, in milliseconds. */
const STEP_MS = 250;

interface Mark {
  readonly at: number;
  readonly bytes: number;
}

/** How fast a file grows, over the last seconds. */
export class PartSpeed {
  readonly #now: () => number;
  #marks: readonly Mark[] = [];

  /** @param now milliseconds on some clock. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** @returns bytes per second, when there are so many bytes now; 0 where that cannot be said yet. */
  after(bytes: number): number {
    const [at, last] = [this.#now(), this.#marks.at(-1)];
    if (last && bytes < last.bytes) this.#marks = [];
    const [first] = this.#marks;
    if (!first || !last || at - last.at >= STEP_MS)
      this.#marks = [...this.#marks.filter((mark) => at - mark.at < PERIOD_MS), { at, bytes }];
    return first && bytes > first.bytes && at > first.at ? ((bytes - first.bytes) * 1000) / (at - first.at) : 0;
  }
}
