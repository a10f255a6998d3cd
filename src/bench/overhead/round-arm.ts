import type { SequenceEvaluateOptions, Token } from 'node-llama-cpp';

/** How large an answer was, whatever gave it. */
export interface Round {
  /** Tokens that were read first. */
  readonly messageTokens: number;
  /** Tokens that were drawn, the one that ended the answer among them. */
  readonly drawnTokens: number;
}

/** How all arms draw: by the settings that the product has by default. */
export type RoundSampling = Pick<SequenceEvaluateOptions, 'temperature' | 'topP' | 'topK' | 'minP'> & { readonly penalty: number };

/** Another way of giving an answer of the same size, from a cache that is as full. */
export interface RoundArm extends AsyncDisposable {
  /**
   * Reads a message and draws as many tokens as the round has; the cache is then as it was before.
   *
   * @returns what was drawn, and milliseconds on the clock.
   */
  answer(message: readonly Token[], drawnTokens: number): Promise<{ readonly drawn: readonly Token[]; readonly ms: number }>;
}
