import type { Token } from 'node-llama-cpp';
import { turnsIn, type Segment, type TurnParts } from '../../shared/cache-layout.ts';
import { EndlessError } from '../../shared/errors.ts';
import type { FinishReason } from '../../shared/protocol.ts';
import type { DrawOptions, PrefillOptions, Scoring } from '../cache/decoder.ts';
import type { KvCache } from '../cache/kv-cache.ts';
import { FEWEST_SINKS } from '../cache/policy.ts';
import type { ChatTokens, MessageTokens, Position } from './chat-tokens.ts';
import { NEW_DIALOGUE, type DialogueListener, type DialogueState } from './dialogue-state.ts';
import { instructionTurn } from './instruction-turn.ts';
import { samplerOptions, type Sampling } from './sampling.ts';
import { speech, type TokenFacts } from './speech.ts';

/** Part of the window that there must be room for as an answer beside the conversation, however short the request is. */
const LEAST_ANSWER = 1 / 16;

export interface AnswerOptions {
  readonly sampling: Sampling;
  readonly signal: AbortSignal;
  /** Progress of the message through the model, in tokens. */
  readonly onPrefill?: (done: number, total: number) => void;
  /** Log-probabilities of the message's tokens but the first, for measuring (see `Scoring`). */
  readonly onScored?: Scoring['onScored'];
  /** How probable each token of the answer was when it was drawn. */
  readonly onDrawn?: DrawOptions['onDrawn'];
}

/** What is known when an answer has ended. */
export interface AnswerEnd {
  readonly finish: FinishReason;
  readonly messageTokens: number;
  readonly answerTokens: number;
}

/** How an answer ends that is given up because of a failure elsewhere; nobody reads it. */
export const ABANDONED: AnswerEnd = { finish: 'stopped', messageTokens: 0, answerTokens: 0 };

/** What a dialogue works with. */
export interface DialogueParts {
  readonly cache: KvCache;
  readonly chat: ChatTokens;
  readonly facts: TokenFacts;
  readonly systemPrompt: string;
  readonly listener?: DialogueListener;
}

/** A turn that was held before, for filling a cache again. */
export interface PastTurn {
  readonly id: number;
  readonly message: string;
  readonly answer: string;
}

/**
 * A conversation on the rolling cache. Turns are appended, each rendered and tokenized once; nothing that was said is
 * ever evaluated again.
 */
export class Dialogue {
  readonly #cache: KvCache;
  readonly #chat: ChatTokens;
  readonly #facts: TokenFacts;
  readonly #systemPrompt: string;
  readonly #listener: DialogueListener;
  #state: DialogueState;

  private constructor({ cache, chat, facts, systemPrompt, listener = {} }: DialogueParts, state: DialogueState) {
    this.#cache = cache;
    this.#chat = chat;
    this.#facts = facts;
    this.#systemPrompt = systemPrompt;
    this.#listener = listener;
    this.#state = state;
  }

  /**
   * Begins a dialogue in an empty cache: evaluates the system prompt, which becomes the sinks.
   *
   * @throws EndlessError `window-too-small` when the system prompt leaves no room for messages.
   */
  static async begin(parts: DialogueParts, options: PrefillOptions = {}): Promise<Dialogue> {
    const { cache, chat, systemPrompt } = parts;
    const head = chat.head(systemPrompt);
    const { window } = cache.layout;
    if (head.length > window / 2) throw new EndlessError('window-too-small', { tokens: head.length, window });
    cache.open({ kind: 'sink', header: head.length });
    await cache.append(head, options);
    return new Dialogue(parts, NEW_DIALOGUE);
  }

  /** Goes on in a cache that is what it was when the dialogue was in this state. Call `closeInterrupted` before anything else. */
  static resume(parts: DialogueParts, state: DialogueState): Dialogue {
    return new Dialogue(parts, state);
  }

  /** All that has to be known besides the cache for going on later. */
  get state(): DialogueState {
    return this.#state;
  }

  /** Turns of which something is in the cache, oldest first. */
  get turnIds(): readonly number[] {
    return turnsIn(this.#cache.layout);
  }

  /**
   * Comes to the end of an answer that a process did not live to end: what was said of it stays, and if that is nothing, its
   * message goes, too.
   *
   * @param hasAnswer whether anything was shown of the answer to a turn.
   */
  async closeInterrupted(hasAnswer: (turnId: number) => boolean): Promise<void> {
    const { answering } = this.#state;
    if (answering === 0) return;
    const { drawn } = this.#cache;
    if (!hasAnswer(answering)) return this.forget(answering);
    this.#become({ pending: [...(drawn === undefined ? [] : [drawn]), ...this.#chat.close], answering: 0 });
    await this.settle();
  }

  get cache(): KvCache {
    return this.#cache;
  }

  get chat(): ChatTokens {
    return this.#chat;
  }

  /**
   * Pins what the workspace tells the model, as a turn of its own in place of the former one; an empty text pins nothing. It takes
   * a quarter of the window at most.
   *
   * @returns whether its end had to be left out.
   * @throws the signal's reason between two slices, with nothing pinned.
   */
  async instruct(instructions: string, signal?: AbortSignal): Promise<boolean> {
    if (instructions === this.#state.instructions) return false;
    await this.settle();
    await this.#uninstruct(this.#state.instructed);
    const turn = instructionTurn(instructions, this.#chat, this.#position, this.#cache.layout.window);
    if (turn) {
      const { own, segment } = await this.#openSegment({ kind: 'pinned' }, turn.rendered);
      this.#become({ instructed: segment });
      await this.#cache.append(own, signal && { signal }).catch(async (error: unknown) => {
        await this.#uninstruct(segment);
        throw error;
      });
    }
    this.#become({ instructions });
    return turn?.isCut ?? instructions !== '';
  }

  /**
   * Fills the cache with the newest of the given turns that fit into half the window, after an engine restart or a
   * change of model.
   *
   * @returns the id of the oldest turn that is in the cache now; `undefined` when none fits.
   * @throws the signal's reason, with the cache half filled.
   */
  async refill(
    turns: readonly PastTurn[],
    onProgress: (done: number, total: number) => void,
    signal?: AbortSignal,
  ): Promise<number | undefined> {
    const budget = this.#cache.layout.window / 2 - this.#cache.layout.used;
    const fitting: { readonly turn: PastTurn; readonly tokens: number }[] = [];
    let total = 0;
    for (const turn of turns.toReversed()) {
      const tokens = this.#chat.pastTurn(turn.message, turn.answer, 'afterTurn').tokens.length;
      if (total + tokens > budget) break;
      fitting.unshift({ turn, tokens });
      total += tokens;
    }
    let before = 0;
    for (const { turn } of fitting) {
      const past = this.#chat.pastTurn(turn.message, turn.answer, this.#position);
      const own = await this.#openTurn(turn.id, past);
      before += past.tokens.length - own.length;
      const done = before;
      await this.#cache.append(own, { ...(signal && { signal }), onProgress: (tokensDone) => onProgress(done + tokensDone, total) });
      before += own.length;
    }
    return fitting[0]?.turn.id;
  }

  /**
   * Answers a message, piece by piece. Stopping during the prefill takes the message out of the cache again; stopping
   * later keeps what was said. Call `settle` afterwards in every case.
   *
   * @throws EndlessError `message-too-long`, with nothing evicted and nothing appended.
   */
  async *answer(turnId: number, message: string, options: AnswerOptions): AsyncGenerator<string, AnswerEnd, undefined> {
    const rendered = this.#chat.message(message, this.#position);
    const { tokens } = rendered;
    const longest = this.#cache.longestMessage;
    if (tokens.length > longest) throw new EndlessError('message-too-long', { tokens: tokens.length, window: longest });
    await this.settle();
    this.#become({ answering: turnId });
    const own = await this.#openTurn(turnId, rendered);
    try {
      return yield* this.#generate(tokens.length, own, options);
    } catch (error) {
      await this.forget(turnId);
      if (!options.signal.aborted) throw error;
      return { finish: 'stopped', messageTokens: tokens.length, answerTokens: 0 };
    }
  }

  /** Tokens that a message takes with what surrounds it. */
  tokensOf(message: string): number {
    return this.#chat.message(message, this.#position).tokens.length;
  }

  /** Whether there is room beside the conversation for a request and for an answer as long. */
  fitsBeside(message: string, maxAnswerTokens: number): boolean {
    const { tokens, most } = this.#beside(message, maxAnswerTokens);
    const leastAnswer = Math.max(tokens.length, Math.ceil(this.#cache.layout.window * LEAST_ANSWER));
    return most >= Math.min(maxAnswerTokens || leastAnswer, leastAnswer);
  }

  /**
   * Answers a request beside the conversation, which knows nothing of it afterwards: it is read behind everything else and cut
   * off again. The conversation must be settled.
   *
   * @throws EndlessError `message-too-long` when there is no room for an answer at all.
   */
  async *aside(message: string, options: AnswerOptions): AsyncGenerator<string, AnswerEnd, undefined> {
    const { sampling, signal, onPrefill } = options;
    const { tokens, most } = this.#beside(message, sampling.maxAnswerTokens);
    const said: Token[] = [];
    onPrefill?.(0, tokens.length);
    const prefill = { signal, onProgress: (done: number): void => onPrefill?.(done, tokens.length) };
    const drawn = this.#cache.aside(tokens, Math.max(1, most), samplerOptions(sampling, said), prefill);
    try {
      const { finish } = yield* speech(drawn, { facts: this.#facts, most, signal, said });
      return { finish, messageTokens: tokens.length, answerTokens: said.length };
    } catch (error) {
      if (!signal.aborted || error instanceof EndlessError) throw error;
      return { finish: 'stopped', messageTokens: tokens.length, answerTokens: 0 };
    }
  }

  /**
   * Brings the turn to its end in the cache: the last token, the end of turn and what follows it, and room for the
   * next message. So a shift of the keys runs while the user reads.
   */
  async settle(): Promise<void> {
    const { pending } = this.#state;
    if (pending.length === 0) return;
    await this.#cache.makeRoomAhead(pending.length);
    await this.#cache.append(pending);
    this.#become({ pending: [] });
  }

  /** Takes a turn out of the cache, and with the first one what it lent to the sinks. */
  async forget(turnId: number): Promise<void> {
    await this.#cache.forget(turnId);
    this.#become({ pending: [], answering: 0 });
    if (this.#followsSinks) await this.#takeBackLent();
  }

  async *#generate(messageTokens: number, own: readonly Token[], options: AnswerOptions): AsyncGenerator<string, AnswerEnd, undefined> {
    const { sampling, signal, onPrefill, onScored, onDrawn } = options;
    const onProgress = (done: number): void => onPrefill?.(done, own.length);
    const prefill = { signal, onProgress, onDrawn, scoring: onScored && { onScored } };
    onPrefill?.(0, own.length);
    const said: Token[] = [];
    const drawn = this.#cache.generate(own, samplerOptions(sampling, said), prefill);
    const { finish, pending } = yield* speech(drawn, { facts: this.#facts, most: sampling.maxAnswerTokens, signal, said });
    this.#become({ pending: [...pending, ...this.#chat.close], answering: 0 });
    return { finish, messageTokens, answerTokens: said.length };
  }

  /** Where a message would stand after what the cache holds now. */
  get #position(): Position {
    return this.#followsSinks && this.#systemPrompt.trim() ? 'afterSystemPrompt' : 'afterTurn';
  }

  get #followsSinks(): boolean {
    return this.#cache.layout.segments.every((segment) => segment.kind === 'sink');
  }

  /** Erases what is pinned. What it lent to the sinks stays as long as anything rests on them. */
  async #uninstruct(segment: number): Promise<void> {
    await this.#cache.drop(segment);
    this.#become({ instructions: '', instructed: 0 });
    if (this.#followsSinks) await this.#takeBackLent();
  }

  async #takeBackLent(): Promise<void> {
    await this.#cache.cut(this.#state.lent);
    this.#become({ lent: 0 });
  }

  #become(change: Partial<DialogueState>): void {
    this.#state = { ...this.#state, ...change };
    this.#listener.onChange?.(change);
  }

  /** A request as it would stand behind the conversation, and how many tokens of answer there is room for. */
  #beside(message: string, maxAnswerTokens: number): { readonly tokens: readonly Token[]; readonly most: number } {
    const { tokens } = this.#chat.message(message, this.#position);
    return { tokens, most: Math.min(maxAnswerTokens || Infinity, this.#cache.roomBeside - tokens.length) };
  }

  async #openTurn(turnId: number, rendered: MessageTokens): Promise<readonly Token[]> {
    return (await this.#openSegment({ kind: 'turn', turnId }, rendered)).own;
  }

  /** @returns the tokens that are the segment's own; where there is no system prompt to speak of, the sinks have the first ones. */
  async #openSegment(
    identity: Pick<Segment, 'kind' | 'turnId'>,
    { tokens, ...parts }: MessageTokens,
  ): Promise<{ readonly own: readonly Token[]; readonly segment: number }> {
    // The last token is always the turn's own: what is generated follows it.
    const missing = Math.min(tokens.length - 1, FEWEST_SINKS - this.#cache.layout.used);
    const lent = this.#followsSinks ? Math.max(0, missing) : 0;
    if (lent > 0) {
      if (this.#cache.layout.segments.length === 0) this.#cache.open({ kind: 'sink', header: 0 });
      await this.#cache.append(tokens.slice(0, lent));
      this.#become({ lent });
    }
    const segment = this.#cache.open({ ...identity, ...behind(lent, parts) });
    return { own: tokens.slice(lent), segment };
  }
}

/** What is left of the parts behind the first tokens. */
function behind(tokens: number, { header, message, answerHeader }: TurnParts): TurnParts {
  const ofMessage = Math.max(0, tokens - header);
  const ofAnswerHeader = Math.max(0, ofMessage - message);
  return {
    header: Math.max(0, header - tokens),
    message: Math.max(0, message - ofMessage),
    answerHeader: Math.max(0, answerHeader - ofAnswerHeader),
  };
}
