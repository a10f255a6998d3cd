import { randomInt } from 'node:crypto';
import type { SequenceEvaluateOptions, Token } from 'node-llama-cpp';
import type { EngineSettings } from '../../shared/protocol/engine-settings.ts';

/** How many tokens of the answer the repeat penalty looks back on. */
export const PENALTY_WINDOW = 64;

export type Sampling = Pick<EngineSettings, 'temperature' | 'topP' | 'topK' | 'minP' | 'repeatPenalty' | 'maxAnswerTokens'>;

/** How tokens are drawn. @param said tokens of the answer so far, which the penalty looks back on. */
export function samplerOptions(sampling: Sampling, said: readonly Token[]): SequenceEvaluateOptions {
  const { temperature, topP, topK, minP, repeatPenalty } = sampling;
  const penalized = repeatPenalty > 1;
  return {
    temperature,
    topP,
    topK,
    minP,
    // The library seeds with the time in seconds: two quick answers would be drawn alike.
    seed: randomInt(2 ** 32),
    ...(penalized && { repeatPenalty: { penalty: repeatPenalty, punishTokens: () => said.slice(-PENALTY_WINDOW) } }),
  };
}
