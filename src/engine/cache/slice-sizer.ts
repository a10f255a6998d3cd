/** How long one uninterruptible call into native code should take at most, in milliseconds. */
const TARGET_MS = 100;
/** Smaller batches cost too much: on a CPU 16 tokens take twice as long for each as 64 do. */
const SMALLEST = 16;
/** And this is the least where somebody else waits for each to end. */
const SMALLEST_SHARED = 8;
/** Processors multiply rows in blocks; what is left of one costs nearly as much as a whole one. */
const BLOCK = 4;
/** A rest that is no larger part of a slice goes with the others: small batches are dear. */
const SMALL_REST = 1 / 4;

/**
 * Sizes the slices of a prefill from the measured speed, so that stopping, and whatever goes first, waits for a tenth of a
 * second wherever sixteen tokens take no longer: a running batch cannot be aborted. Slices are alike, so that no small
 * one is left at the end.
 */
export class SliceSizer {
  #tokensPerMs = 0;
  readonly #largest: number;

  /** @param batchSize largest slice: tokens that native code takes at once. */
  constructor(batchSize: number) {
    this.#largest = batchSize;
  }

  /** What a token takes, in milliseconds; 0 while nothing was measured. */
  get msPerToken(): number {
    return this.#tokensPerMs === 0 ? 0 : 1 / this.#tokensPerMs;
  }

  /**
   * Of so many tokens, how many to evaluate next.
   *
   * @param isShared whether others have to wait meanwhile.
   */
  of(tokens: number, isShared = false): number {
    const wished = Math.max(isShared ? SMALLEST_SHARED : SMALLEST, Math.floor(this.#tokensPerMs * TARGET_MS));
    const slices = Math.max(1, Math.ceil(tokens / wished - SMALL_REST), Math.ceil(tokens / this.#largest));
    return Math.min(tokens, this.#largest, BLOCK * Math.ceil(tokens / slices / BLOCK));
  }

  /** Reports what a slice took; recent slices count most. The end of a turn and a single token say nothing of a prefill. */
  measured(tokens: number, ms: number): void {
    if (tokens < SMALLEST_SHARED) return;
    const speed = tokens / Math.max(ms, 0.01);
    this.#tokensPerMs = this.#tokensPerMs === 0 ? speed : (this.#tokensPerMs + speed) / 2;
  }
}
