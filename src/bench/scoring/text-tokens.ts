import type { Token } from 'node-llama-cpp';
import type { LoadedModel } from '../../engine/model/loaded-model.ts';

/** A text as the model is to read it: behind its BOS, if it wants one, and with nothing in it read as a control token. */
export function textTokens(loaded: LoadedModel, text: string): readonly Token[] {
  return [...bosOf(loaded), ...loaded.model.tokenize(text, false, 'trimLeadingSpace')];
}

/** What every text begins with: one token, or none with a model that wants none. */
export function bosOf({ model }: LoadedModel): readonly Token[] {
  const { bos, shouldPrependBosToken } = model.tokens;
  return shouldPrependBosToken && bos !== null ? [bos] : [];
}
