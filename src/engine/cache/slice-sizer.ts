/** How long one uninterruptible call into native code should take, in milliseconds. */
const TARGET_MS = 80;
const SMALLEST = 16;

/**
 * Sizes the slices of a prefill from the measured speed, so that stopping takes effect within a tenth of a second
 * wherever sixteen tokens take no longer: a running batch cannot be aborted.
 */
export class SliceSizer {
  #tokensPerMs = 0;
  readonly #largest: number;

  /** @param batchSize largest slice: tokens that native code takes at once. */
  constructor(batchSize: number) {
    this.#largest = batchSize;
  }

  /** Tokens to evaluate next. */
  get next(): number {
    return Math.max(SMALLEST, Math.min(this.#largest, Math.floor(this.#tokensPerMs * TARGET_MS)));
  }

  /** Reports what a slice took; recent slices count most. */
  measured(tokens: number, ms: number): void {
    const speed = tokens / Math.max(ms, 0.01);
    this.#tokensPerMs = this.#tokensPerMs === 0 ? speed : (this.#tokensPerMs + speed) / 2;
  }
}
