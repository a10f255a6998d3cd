import type { Token } from 'node-llama-cpp';
import type { LoadedModel } from '../../engine/model/loaded-model.ts';

/** A text as the model is to read it: behind its BOS, if it wants one, and with nothing in it read as a control token. */
export function textTokens({ model }: LoadedModel, text: string): readonly Token[] {
  const { bos, shouldPrependBosToken } = model.tokens;
  const tokens = model.tokenize(text, false, 'trimLeadingSpace');
  return shouldPrependBosToken && bos !== null ? [bos, ...tokens] : tokens;
}
