export interface Speed {
  readonly firstTokenMs: number;
  readonly tokensPerSecond: number;
}

/** Measures one answer: the time to its first token and the speed since then. Keeps its reading until the next one. */
export class Speedometer {
  #began = 0;
  #first: { readonly at: number; readonly tokens: number } | undefined;
  #firstTokenMs = 0;
  #tokensPerSecond = 0;

  begin(): void {
    this.#began = performance.now();
    this.#first = undefined;
    this.#firstTokenMs = 0;
    this.#tokensPerSecond = 0;
  }

  /** @param tokens counter of the cache at the first token. */
  firstToken(tokens: number): void {
    this.#first = { at: performance.now(), tokens };
    this.#firstTokenMs = this.#first.at - this.#began;
  }

  /** @param tokens counter of the cache now. */
  measure(tokens: number): void {
    if (!this.#first || tokens <= this.#first.tokens) return;
    this.#tokensPerSecond = ((tokens - this.#first.tokens) * 1000) / (performance.now() - this.#first.at);
  }

  get reading(): Speed {
    return { firstTokenMs: this.#firstTokenMs, tokensPerSecond: this.#tokensPerSecond };
  }
}
