import type { Token } from 'node-llama-cpp';

/** Tokens from all over a vocabulary, always in the same order; none comes again before all others have. */
export class Words {
  readonly #vocabulary: readonly Token[];
  readonly #stride: number;
  #at = 0;

  /** @param vocabulary tokens to choose from, at least one */
  constructor(vocabulary: Iterable<Token>) {
    this.#vocabulary = [...vocabulary];
    this.#stride = strideThrough(this.#vocabulary.length);
  }

  next(count: number): readonly Token[] {
    return Array.from({ length: count }, () => {
      this.#at = (this.#at + this.#stride) % this.#vocabulary.length;
      return this.#vocabulary[this.#at] as Token;
    });
  }
}

/** A step of about a third of `length` that comes to every place. */
function strideThrough(length: number): number {
  let stride = Math.max(1, Math.floor(length / 3));
  while (greatestCommonDivisor(length, stride) !== 1) stride += 1;
  return stride;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
