/** Longest time that text waits before it is written down and shown, in milliseconds. */
const FLUSH_MS = 40;

/**
 * Gathers the pieces of an answer, so that writing and sending them costs per batch and not per token. `flush` is
 * given the text and what came before it, in UTF-16 units.
 */
export class AnswerWriter {
  readonly #flush: (text: string, offset: number) => void;
  #gathered = '';
  #offset = 0;
  #lastFlush = 0;

  constructor(flush: (text: string, offset: number) => void) {
    this.#flush = flush;
  }

  push(text: string): void {
    this.#gathered += text;
    if (performance.now() - this.#lastFlush >= FLUSH_MS) this.flush();
  }

  flush(): void {
    this.#lastFlush = performance.now();
    if (!this.#gathered) return;
    const [text, offset] = [this.#gathered, this.#offset];
    this.#gathered = '';
    this.#offset += text.length;
    this.#flush(text, offset);
  }
}
