import type { Transcript } from './transcript.ts';

/** Turns that are indexed at once; a few milliseconds. */
const AT_ONCE = 10;
/** Rest between two times, in milliseconds: most of the time is everybody else's. */
const REST_MS = 20;
/** Rest after a failure: what is in the way, as a full disk, may pass. */
const REST_AFTER_FAILURE_MS = 60_000;

/**
 * Indexes the turns that are not in the index, some at a time, newest first: those from before there was one, and all of them when
 * it has been begun anew. Keeps no process alive.
 */
export class CatchUp {
  readonly #transcript: Transcript;
  readonly #onFailure: (error: unknown) => void;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(transcript: Transcript, onFailure: (error: unknown) => void) {
    this.#transcript = transcript;
    this.#onFailure = onFailure;
    transcript.onIndexBegunAnew(() => this.#goOnAfter(REST_MS));
    this.#goOnAfter(REST_MS);
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  #goOnAfter(milliseconds: number): void {
    clearTimeout(this.#timer);
    if (!this.#isStopped) this.#timer = setTimeout(() => this.#indexSome(), milliseconds).unref();
  }

  #indexSome(): void {
    try {
      if (this.#transcript.indexSome(AT_ONCE)) this.#goOnAfter(REST_MS);
    } catch (error) {
      this.#onFailure(error);
      this.#goOnAfter(REST_AFTER_FAILURE_MS);
    }
  }
}
