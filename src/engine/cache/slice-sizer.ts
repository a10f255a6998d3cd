/** How long one uninterruptible call into native code should take at least, in milliseconds; it takes less than twice that. */
const TARGET_MS = 50;
/** Smaller batches cost too much: on a CPU 16 tokens take twice as long for each as 64 do. */
const SMALLEST = 16;
/** Processors multiply rows in blocks; what is left of one costs nearly as much as a whole one. */
const BLOCK = 4;

/**
 * Sizes the slices of a prefill from the measured speed, so that stopping takes effect within a tenth of a second
 * wherever some thirty tokens take no longer: a running batch cannot be aborted. Slices are alike, so that no small one
 * is left at the end.
 */
export class SliceSizer {
  #tokensPerMs = 0;
  readonly #largest: number;

  /** @param batchSize largest slice: tokens that native code takes at once. */
  constructor(batchSize: number) {
    this.#largest = batchSize;
  }

  /** Of so many tokens, how many to evaluate next. */
  of(tokens: number): number {
    const wished = Math.max(SMALLEST, Math.floor(this.#tokensPerMs * TARGET_MS));
    const slices = Math.max(1, Math.floor(tokens / wished), Math.ceil(tokens / this.#largest));
    return Math.min(tokens, this.#largest, BLOCK * Math.ceil(tokens / slices / BLOCK));
  }

  /** Reports what a slice took; recent slices count most. The end of a turn and a single token say nothing of a prefill. */
  measured(tokens: number, ms: number): void {
    if (tokens < SMALLEST) return;
    const speed = tokens / Math.max(ms, 0.01);
    this.#tokensPerMs = this.#tokensPerMs === 0 ? speed : (this.#tokensPerMs + speed) / 2;
  }
}
