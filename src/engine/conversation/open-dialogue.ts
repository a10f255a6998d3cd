import type { CacheListener } from '../cache/cache-listener.ts';
import { KvCache, type KvCacheOptions } from '../cache/kv-cache.ts';
import { rebasePolicy, streamingPolicy } from '../cache/policy.ts';
import type { LoadedModel } from '../model/loaded-model.ts';
import { Dialogue, type DialogueParts } from './dialogue.ts';
import type { DialogueListener } from './dialogue-state.ts';

/** Fewest tokens to evict at once, and to keep free ahead of a message, as a part of the window. */
export const CHUNK = 1 / 8;

/** How a conversation's decodes stand to those of others. */
export type Manners = Pick<KvCacheOptions, 'giveWay' | 'isHurried'>;

export interface DialogueOptions extends Manners {
  readonly listener?: CacheListener & DialogueListener;
  readonly signal?: AbortSignal | undefined;
}

/** Begins a conversation in the model's context, whatever was in it before. */
export async function openDialogue(loaded: LoadedModel, systemPrompt: string, options: DialogueOptions = {}): Promise<Dialogue> {
  await loaded.sequence.clearHistory();
  return Dialogue.begin(dialogueParts(loaded, systemPrompt, options), options.signal && { signal: options.signal });
}

/** What a dialogue works with, around a cache that takes the native one to be empty. */
export function dialogueParts(loaded: LoadedModel, systemPrompt: string, options: DialogueOptions): DialogueParts {
  const { sequence, model, facts, chat, decodes, cutsBack, marksThoughts } = loaded;
  const { listener = {}, giveWay, isHurried } = options;
  const chunk = Math.ceil(facts.window * CHUNK);
  const policy = facts.canShift ? streamingPolicy(chunk) : rebasePolicy(chunk);
  const cache = new KvCache(sequence, { capacity: facts.window, policy, decodes, ahead: chunk, giveWay, isHurried }, listener);
  return { cache, chat, facts: model, cutsBack, marksThoughts, systemPrompt, listener };
}
