import type { Token } from 'node-llama-cpp';
import type { Segment, TurnParts } from '../../shared/cache-layout.ts';
import type { KvCache } from '../cache/kv-cache.ts';
import { FEWEST_SINKS } from '../cache/policy.ts';
import type { ChatTokens, MessageTokens, Position } from './chat-tokens.ts';
import type { DialogueListener, DialogueState } from './dialogue-state.ts';

/** What a dialogue stands on. */
export interface GroundParts {
  readonly cache: KvCache;
  readonly chat: ChatTokens;
  readonly systemPrompt: string;
  readonly listener?: DialogueListener;
}

/** The cache of a dialogue and what is to be known besides it. Segments are opened and taken out here. */
export class Ground {
  readonly cache: KvCache;
  readonly chat: ChatTokens;
  readonly #systemPrompt: string;
  readonly #listener: DialogueListener;
  #state: DialogueState;

  constructor({ cache, chat, systemPrompt, listener = {} }: GroundParts, state: DialogueState) {
    this.cache = cache;
    this.chat = chat;
    this.#systemPrompt = systemPrompt;
    this.#listener = listener;
    this.#state = state;
  }

  get state(): DialogueState {
    return this.#state;
  }

  become(change: Partial<DialogueState>): void {
    this.#state = { ...this.#state, ...change };
    this.#listener.onChange?.(change);
  }

  get segments(): readonly Segment[] {
    return this.cache.layout.segments;
  }

  /** Where a message would stand after what the cache holds now, drafted or not. */
  get position(): Position {
    return this.#followsSinks && this.#systemPrompt.trim() ? 'afterSystemPrompt' : 'afterTurn';
  }

  /**
   * Opens a segment behind everything else.
   *
   * @returns its id, and the tokens that are its own; where there is no system prompt to speak of, the sinks have the first ones.
   */
  async open(
    identity: Pick<Segment, 'kind' | 'turnId'>,
    { tokens, ...parts }: MessageTokens,
  ): Promise<{ readonly own: readonly Token[]; readonly segment: number }> {
    // The last token is always the segment's own: what is generated follows it.
    const missing = Math.min(tokens.length - 1, FEWEST_SINKS - this.cache.layout.used);
    const lent = this.#followsSinks ? Math.max(0, missing) : 0;
    if (lent > 0) {
      if (this.segments.length === 0) this.cache.open({ kind: 'sink', header: 0 });
      await this.cache.append(tokens.slice(0, lent));
      this.become({ lent });
    }
    const segment = this.cache.open({ ...identity, ...behind(lent, parts) });
    return { own: tokens.slice(lent), segment };
  }

  /** Takes a segment out, and with the first one what it lent to the sinks; that stays as long as anything rests on it. */
  async drop(segment: number): Promise<void> {
    await this.cache.drop(segment);
    if (this.segments.some(({ kind }) => kind !== 'sink')) return;
    await this.cache.cut(this.#state.lent);
    this.become({ lent: 0 });
  }

  get #followsSinks(): boolean {
    return this.segments.every(({ kind }) => kind === 'sink' || kind === 'draft');
  }
}

/** What is left of the parts behind the first tokens. */
export function behind(tokens: number, { header, message, answerHeader }: TurnParts): TurnParts {
  const ofMessage = Math.max(0, tokens - header);
  const ofAnswerHeader = Math.max(0, ofMessage - message);
  return {
    header: Math.max(0, header - tokens),
    message: Math.max(0, message - ofMessage),
    answerHeader: Math.max(0, answerHeader - ofAnswerHeader),
  };
}
