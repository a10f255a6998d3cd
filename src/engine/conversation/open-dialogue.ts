import { KvCache, type CacheListener } from '../cache/kv-cache.ts';
import type { LoadedModel } from '../model/loaded-model.ts';
import { Dialogue } from './dialogue.ts';

/** Begins a conversation in the model's context, whatever was in it before. */
export async function openDialogue(loaded: LoadedModel, systemPrompt: string, listener: CacheListener = {}): Promise<Dialogue> {
  const { sequence, model, facts, chat, decodes } = loaded;
  await sequence.clearHistory();
  const strategy = facts.canShift ? 'streaming' : 'rebase';
  const cache = new KvCache(sequence, { capacity: facts.window, strategy, decodes }, listener);
  return Dialogue.begin(cache, chat, model, systemPrompt);
}
