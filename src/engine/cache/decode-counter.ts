import type { BatchingOptions } from 'node-llama-cpp';

type PrioritizationStrategy = Exclude<NonNullable<BatchingOptions['itemPrioritizationStrategy']>, string>;

/**
 * Counts the tokens that are handed to native code for decoding. It stands at the batch itself, behind everything
 * that could quietly evaluate tokens again, so equality with the tokens appended proves that nothing was.
 */
export class DecodeCounter {
  #decoded = 0;
  #lastAt = performance.now();

  get decoded(): number {
    return this.#decoded;
  }

  /** When it decoded last, or was made, by `performance.now()`. */
  get lastAt(): number {
    return this.#lastAt;
  }

  /** To be given to the context; takes items in order, as many tokens as fit into the batch. */
  readonly strategy: PrioritizationStrategy = ({ items, size }) => {
    let left = size;
    this.#lastAt = performance.now();
    return items.flatMap((item) => {
      const processAmount = Math.min(left, item.tokens.length);
      if (processAmount === 0) return [];
      left -= processAmount;
      this.#decoded += processAmount;
      return [{ item, processAmount }];
    });
  };
}
