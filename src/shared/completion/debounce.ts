/** Waiting less disturbs the engine for nothing, waiting more is felt; in milliseconds. */
const SHORTEST_MS = 20;
const LONGEST_MS = 250;

/** An answer that takes so long is worth waiting for a pause; one that is there at once is not. */
const PART_OF_ANSWER = 0.3;

/** How much the newest answer counts against those before. */
const NEWEST = 0.3;

/**
 * How long to wait after a key before the engine is asked: a part of what an answer takes, but never longer than people
 * pause between two words. A quick engine is asked at nearly every key, a slow one when typing pauses.
 */
export class Debounce {
  #answerMs = 0;

  get delayMs(): number {
    return Math.min(LONGEST_MS, Math.max(SHORTEST_MS, this.#answerMs * PART_OF_ANSWER));
  }

  /** An answer took so long, from the request on. */
  answered(ms: number): void {
    this.#answerMs = this.#answerMs === 0 ? ms : this.#answerMs * (1 - NEWEST) + ms * NEWEST;
  }
}
