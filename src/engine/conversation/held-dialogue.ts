import type { Sent } from '../../shared/protocol/server-facts.ts';
import type { KvCache } from '../cache/kv-cache.ts';
import type { TextTokens } from '../recall/held-text.ts';
import type { Dialogue } from './dialogue.ts';

/** What a model has before it of a conversation, in tokens. */
export type HeldCache = Pick<
  KvCache,
  'layout' | 'longestMessage' | 'appendedTokens' | 'decodedTokens' | 'msPerToken' | 'evicting' | 'pin' | 'compact'
>;

/** All that a conversation does with a dialogue, whoever it is held with. */
type Held = Pick<
  Dialogue,
  'turnIds' | 'answering' | 'tokensOf' | 'instruct' | 'stage' | 'dropDraft' | 'answer' | 'fitsBeside' | 'aside' | 'settle' | 'forget'
>;

/**
 * A conversation as it is held with a model: on the rolling cache of this process (`Dialogue`), or with a server that is sent all of it
 * with every message (`ServerDialogue`).
 */
export interface HeldDialogue extends Held {
  readonly cache: HeldCache;
  readonly chat: TextTokens;
  /** What a server was sent with the last message; undefined where nothing is sent. */
  readonly sent?: Sent | undefined;
}
