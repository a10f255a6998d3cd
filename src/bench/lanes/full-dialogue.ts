import type { Token } from 'node-llama-cpp';
import type { Eviction } from '../../engine/cache/cache-listener.ts';
import type { Dialogue } from '../../engine/conversation/dialogue.ts';
import { openDialogue } from '../../engine/conversation/open-dialogue.ts';
import type { LoadedModel } from '../../engine/model/loaded-model.ts';
import { proseTokens } from '../messages.ts';

export const SYSTEM_PROMPT = 'You are Endless, a coding assistant that runs on this machine.';

/** A turn as a part of the window. */
const TURN_PART = 1 / 8;

/** Turns until the window has rolled over more than once. */
const TURNS = 20;

/** A conversation whose window has rolled, and is full to the last token. */
export interface FullDialogue {
  readonly dialogue: Dialogue;
  /** What was evicted since it was full. */
  readonly evictions: readonly Eviction[];
}

export async function fullDialogue(loaded: LoadedModel): Promise<FullDialogue> {
  let evictions: Eviction[] = [];
  const listener = { onEviction: (eviction: Eviction): void => void evictions.push(eviction) };
  const dialogue = await openDialogue(loaded, SYSTEM_PROMPT, { listener });
  await fillWindow(dialogue, loaded);
  evictions = [];
  return {
    dialogue,
    get evictions() {
      return evictions;
    },
  };
}

/** Has turns appended until the window has rolled over more than once, and but for so many tokens is full. */
export async function fillWindow({ cache }: Dialogue, loaded: LoadedModel, free = 0): Promise<void> {
  const turn = Math.ceil(loaded.facts.window * TURN_PART);
  const say = async (turnId: number, tokens: readonly Token[]): Promise<void> => {
    cache.open({ kind: 'turn', turnId, header: 0 });
    await cache.append(tokens);
  };
  for (let turnId = 1; turnId <= TURNS; turnId++) await say(turnId, proseTokens(loaded.model, turn));
  const { window, used } = cache.layout;
  if (used < window - free) await say(TURNS + 1, proseTokens(loaded.model, window - free - used));
}
