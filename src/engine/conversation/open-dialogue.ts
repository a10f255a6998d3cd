import { KvCache, type CacheListener, type KvCacheOptions } from '../cache/kv-cache.ts';
import { rebasePolicy, streamingPolicy } from '../cache/policy.ts';
import type { LoadedModel } from '../model/loaded-model.ts';
import { Dialogue } from './dialogue.ts';

/** Fewest tokens to evict at once, and to keep free ahead of a message, as a part of the window. */
export const CHUNK = 1 / 8;

export interface DialogueOptions extends Pick<KvCacheOptions, 'giveWay' | 'isHurried'> {
  readonly listener?: CacheListener;
  readonly signal?: AbortSignal;
}

/** Begins a conversation in the model's context, whatever was in it before. */
export async function openDialogue(
  loaded: LoadedModel,
  systemPrompt: string,
  { listener = {}, signal, giveWay, isHurried }: DialogueOptions = {},
): Promise<Dialogue> {
  const { sequence, model, facts, chat, decodes } = loaded;
  await sequence.clearHistory();
  const chunk = Math.ceil(facts.window * CHUNK);
  const policy = facts.canShift ? streamingPolicy(chunk) : rebasePolicy(chunk);
  const cache = new KvCache(sequence, { capacity: facts.window, policy, decodes, ahead: chunk, giveWay, isHurried }, listener);
  return Dialogue.begin(cache, chat, model, systemPrompt, signal && { signal });
}
