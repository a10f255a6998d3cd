import type { LlamaModel, Token } from 'node-llama-cpp';

/** What every text begins with: one token, or none with a model that wants none. */
export function bosTokens({ tokens }: Pick<LlamaModel, 'tokens'>): readonly Token[] {
  return tokens.shouldPrependBosToken && tokens.bos !== null ? [tokens.bos] : [];
}
