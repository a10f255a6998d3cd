import type { Token } from 'node-llama-cpp';

/** Longest UTF-8 sequence that may be split over tokens, counted in byte tokens. */
const LONGEST_SPLIT = 4;
const REPLACEMENT = '\uFFFD';

/** Tokens that give the detokenizer its context, for the space before a word. */
const CONTEXT_TOKENS = 4;

/** Turns tokens into text as they come; a character split over several tokens comes out when it is whole. */
export class TokenDecoder {
  readonly #detokenize: (tokens: readonly Token[], lastTokens: readonly Token[]) => string;
  #context: readonly Token[] = [];
  #held: Token[] = [];

  constructor(detokenize: (tokens: readonly Token[], lastTokens: readonly Token[]) => string) {
    this.#detokenize = detokenize;
  }

  /** @returns the text that has become certain. */
  push(token: Token): string {
    this.#held.push(token);
    const text = this.#detokenize(this.#held, this.#context);
    const incomplete = text.endsWith(REPLACEMENT) && this.#held.length < LONGEST_SPLIT;
    return incomplete ? '' : this.#release(text);
  }

  /** @returns what was held back, when nothing follows. */
  end(): string {
    return this.#held.length > 0 ? this.#release(this.#detokenize(this.#held, this.#context)) : '';
  }

  #release(text: string): string {
    this.#context = [...this.#context, ...this.#held].slice(-CONTEXT_TOKENS);
    this.#held = [];
    return text;
  }
}
