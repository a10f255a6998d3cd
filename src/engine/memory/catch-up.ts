import type { Transcript } from './transcript.ts';

/** Turns that are indexed at once; a few milliseconds. */
const AT_ONCE = 10;
/** Rest between two times, in milliseconds: most of the time is everybody else's. */
const REST_MS = 20;

/** Indexes the turns from before there was an index, some at a time, newest first. Keeps no process alive. */
export class CatchUp {
  readonly #transcript: Transcript;
  readonly #onFailure: (error: unknown) => void;
  #timer: NodeJS.Timeout;

  constructor(transcript: Transcript, onFailure: (error: unknown) => void) {
    this.#transcript = transcript;
    this.#onFailure = onFailure;
    this.#timer = this.#soon();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #soon(): NodeJS.Timeout {
    return setTimeout(() => this.#indexSome(), REST_MS).unref();
  }

  #indexSome(): void {
    try {
      if (this.#transcript.indexSome(AT_ONCE)) this.#timer = this.#soon();
    } catch (error) {
      this.#onFailure(error);
    }
  }
}
