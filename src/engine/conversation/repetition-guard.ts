/** Longest loop that is looked for, in tokens. */
const LONGEST_PERIOD = 64;
/** A loop must have gone round this often, … */
const ROUNDS = 5;
/** … and for this many tokens, so that a ruler or a run of zeros in code is not mistaken for one. */
const FEWEST_TOKENS = 64;

/**
 * Notices an answer that goes round in a loop. In a rolling cache a loop poisons what follows: the window fills with
 * it and the model cannot leave it again.
 */
export class RepetitionGuard {
  readonly #recent: number[] = [];
  /** For each period, how many tokens in a row equalled the one a period before. */
  readonly #matches = new Uint32Array(LONGEST_PERIOD + 1);

  /** @returns whether the tokens so far end in a loop. */
  push(token: number): boolean {
    let loops = false;
    for (let period = 1; period <= Math.min(LONGEST_PERIOD, this.#recent.length); period++) {
      const matches = this.#recent.at(-period) === token ? (this.#matches[period] ?? 0) + 1 : 0;
      this.#matches[period] = matches;
      const length = matches + period;
      loops ||= matches > 0 && length >= Math.max(FEWEST_TOKENS, ROUNDS * period);
    }
    this.#recent.push(token);
    if (this.#recent.length > LONGEST_PERIOD) this.#recent.shift();
    return loops;
  }
}
