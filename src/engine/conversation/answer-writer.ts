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
    const text = this.#gathered;
    this.#gathered = '';
    try {
      this.#flush(text, this.#offset);
      this.#offset += text.length;
    } catch (error) {
      // Whoever has asked for it hears of that; what was said goes with the next.
      this.#gathered = text;
      throw error;
    }
  }
}
