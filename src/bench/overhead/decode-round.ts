import type { SequenceEvaluateOptions, Token } from 'node-llama-cpp';

/** One answer, whatever gave it. */
export interface Round {
  /** Tokens that were read first. */
  readonly messageTokens: number;
  readonly answerTokens: number;
}

/** What all arms sample by: the settings that the product has by default. */
export type RoundSampling = Pick<SequenceEvaluateOptions, 'temperature' | 'topP' | 'topK' | 'minP'> & { readonly penalty: number };

/** How many tokens of the answer the repeat penalty looks back on, as in the product. */
export const PENALTY_WINDOW = 64;

/** Another way of giving an answer of the same size, from a cache that is as full. */
export interface RoundArm extends AsyncDisposable {
  /** @returns milliseconds on the clock. */
  answer(round: Round, tokens: readonly Token[]): Promise<number>;
}
