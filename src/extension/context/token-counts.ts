/** How many tokens texts have: each is counted once, however often somebody asks. */
export class TokenCounts {
  readonly #countNow: (text: string) => Promise<number>;
  #known = new Map<string, number>();
  #running = new Map<string, Promise<number>>();

  /** @param countNow fails while nobody can say. */
  constructor(countNow: (text: string) => Promise<number>) {
    this.#countNow = countNow;
  }

  /** Undefined while it is not counted. */
  of(text: string): number | undefined {
    return this.#known.get(text);
  }

  count(text: string): Promise<number> {
    const running = this.#running.get(text);
    if (running) return running;
    // Those of another model come too late when it is forgotten meanwhile.
    const [known, all] = [this.#known, this.#running];
    const counting = this.#countNow(text).then(
      (tokens) => {
        known.set(text, tokens);
        return tokens;
      },
      (error: unknown) => {
        all.delete(text);
        throw error;
      },
    );
    all.set(text, counting);
    return counting;
  }

  /** Forgets all other texts. */
  keep(texts: ReadonlySet<string>): void {
    for (const text of this.#running.keys()) {
      if (texts.has(text) || !this.#known.has(text)) continue;
      this.#running.delete(text);
      this.#known.delete(text);
    }
  }

  /** Another model counts otherwise. */
  forget(): void {
    this.#known = new Map();
    this.#running = new Map();
  }
}
