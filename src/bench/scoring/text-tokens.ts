import type { Token } from 'node-llama-cpp';
import { bosTokens } from '../../engine/model/bos-tokens.ts';
import type { LoadedModel } from '../../engine/model/loaded-model.ts';

/** A text as the model is to read it: behind its BOS, if it wants one, and with nothing in it read as a control token. */
export function textTokens({ model }: LoadedModel, text: string): readonly Token[] {
  return [...bosTokens(model), ...model.tokenize(text, false, 'trimLeadingSpace')];
}
