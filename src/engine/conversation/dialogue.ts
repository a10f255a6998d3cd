import { randomInt } from 'node:crypto';
import type { SequenceEvaluateOptions, Token } from 'node-llama-cpp';
import type { TurnParts } from '../../shared/cache-layout.ts';
import { EndlessError } from '../../shared/errors.ts';
import type { EngineSettings, FinishReason } from '../../shared/protocol.ts';
import type { PrefillOptions, Scoring } from '../cache/decoder.ts';
import type { KvCache } from '../cache/kv-cache.ts';
import { FEWEST_SINKS } from '../cache/policy.ts';
import type { ChatTokens, MessageTokens, Position } from './chat-tokens.ts';
import { RepetitionGuard } from './repetition-guard.ts';
import { TokenDecoder } from './token-decoder.ts';

/** How many tokens of the answer the repeat penalty looks back on. */
export const PENALTY_WINDOW = 64;

/** The part of the model that the dialogue asks about tokens. */
export interface TokenFacts {
  isEogToken(token: Token): boolean;
  isSpecialToken(token: Token): boolean;
  detokenize(tokens: readonly Token[], specialTokens: false, lastTokens: readonly Token[]): string;
}

export type Sampling = Pick<EngineSettings, 'temperature' | 'topP' | 'topK' | 'minP' | 'repeatPenalty' | 'maxAnswerTokens'>;

export interface AnswerOptions {
  readonly sampling: Sampling;
  readonly signal: AbortSignal;
  /** Progress of the message through the model, in tokens. */
  readonly onPrefill?: (done: number, total: number) => void;
  /** Log-probabilities of the message's tokens but the first, for measuring (see `Scoring`). */
  readonly onScored?: Scoring['onScored'];
}

/** What is known when an answer has ended. */
export interface AnswerEnd {
  readonly finish: FinishReason;
  readonly messageTokens: number;
  readonly answerTokens: number;
}

/** How what the model says has ended, and which of its tokens are not in the cache. */
interface SpokenEnd {
  readonly finish: FinishReason;
  readonly pending: readonly Token[];
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
  /** Tokens that belong to the last turn and are not in the cache yet. */
  #pending: readonly Token[] = [];
  /** Tokens of the first turn that stand in the sinks, since there are too few without. */
  #lent = 0;

  private constructor(cache: KvCache, chat: ChatTokens, facts: TokenFacts, systemPrompt: string) {
    this.#cache = cache;
    this.#chat = chat;
    this.#facts = facts;
    this.#systemPrompt = systemPrompt;
  }

  /**
   * Begins a dialogue in an empty cache: evaluates the system prompt, which becomes the sinks.
   *
   * @throws EndlessError `window-too-small` when the system prompt leaves no room for messages.
   */
  static async begin(
    cache: KvCache,
    chat: ChatTokens,
    facts: TokenFacts,
    systemPrompt: string,
    options: PrefillOptions = {},
  ): Promise<Dialogue> {
    const head = chat.head(systemPrompt);
    const { window } = cache.layout;
    if (head.length > window / 2) throw new EndlessError('window-too-small', { tokens: head.length, window });
    cache.open({ kind: 'sink', header: head.length });
    await cache.append(head, options);
    return new Dialogue(cache, chat, facts, systemPrompt);
  }

  get cache(): KvCache {
    return this.#cache;
  }

  /**
   * Fills the cache with the newest of the given turns that fit into half the window, after an engine restart or a
   * change of model.
   *
   * @returns the id of the oldest turn that is in the cache now; `undefined` when none fits.
   * @throws the signal's reason, with the cache half filled.
   */
  async restore(
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
    const own = await this.#openTurn(turnId, rendered);
    try {
      return yield* this.#generate(tokens.length, own, options);
    } catch (error) {
      await this.forget(turnId);
      if (!options.signal.aborted) throw error;
      return { finish: 'stopped', messageTokens: tokens.length, answerTokens: 0 };
    }
  }

  /**
   * Answers a request beside the conversation, which knows nothing of it afterwards: it is read behind everything else and cut
   * off again. The conversation must be settled.
   *
   * @throws EndlessError `message-too-long` when there is no room for it and the longest answer besides.
   */
  async *aside(message: string, options: AnswerOptions): AsyncGenerator<string, AnswerEnd, undefined> {
    const { tokens } = this.#chat.message(message, this.#position);
    const { sampling, signal, onPrefill } = options;
    const said: Token[] = [];
    const prefill = { signal, onProgress: (done: number): void => onPrefill?.(done, tokens.length) };
    const drawn = this.#cache.aside(tokens, sampling.maxAnswerTokens, samplerOptions(sampling, said), prefill);
    const { finish } = yield* this.#spoken(drawn, said, options);
    return { finish, messageTokens: tokens.length, answerTokens: said.length };
  }

  /**
   * Brings the turn to its end in the cache: the last token, the end of turn and what follows it, and room for the
   * next message. So a shift of the keys runs while the user reads.
   */
  async settle(): Promise<void> {
    const pending = this.#pending;
    if (pending.length === 0) return;
    this.#pending = [];
    await this.#cache.makeRoomAhead(pending.length);
    await this.#cache.append(pending);
  }

  /** Takes a turn out of the cache, and with the first one what it lent to the sinks. */
  async forget(turnId: number): Promise<void> {
    this.#pending = [];
    await this.#cache.forget(turnId);
    if (!this.#followsSinks) return;
    await this.#cache.cut(this.#lent);
    this.#lent = 0;
  }

  async *#generate(messageTokens: number, own: readonly Token[], options: AnswerOptions): AsyncGenerator<string, AnswerEnd, undefined> {
    const { sampling, signal, onPrefill, onScored } = options;
    const onProgress = (done: number): void => onPrefill?.(done, own.length);
    const prefill = { signal, onProgress, scoring: onScored && { onScored } };
    onPrefill?.(0, own.length);
    const said: Token[] = [];
    const { finish, pending } = yield* this.#spoken(this.#cache.generate(own, samplerOptions(sampling, said), prefill), said, options);
    this.#pending = [...pending, ...this.#chat.close];
    return { finish, messageTokens, answerTokens: said.length };
  }

  /**
   * What the model says as text, until it ends or has to.
   *
   * @param said is filled with the tokens of it.
   */
  async *#spoken(
    tokens: AsyncIterable<Token>,
    said: Token[],
    { sampling, signal }: Pick<AnswerOptions, 'sampling' | 'signal'>,
  ): AsyncGenerator<string, SpokenEnd, undefined> {
    const guard = new RepetitionGuard();
    const decoder = new TokenDecoder((some, lastTokens) => this.#facts.detokenize(some, false, lastTokens));
    for await (const token of tokens) {
      if (this.#facts.isEogToken(token)) return (yield* this.#rest(decoder), { finish: 'end', pending: [] });
      if (this.#facts.isSpecialToken(token)) return (yield* this.#rest(decoder), { finish: 'control-token', pending: [] });
      said.push(token);
      const text = decoder.push(token);
      if (text) yield text;
      if (guard.push(token)) return (yield* this.#rest(decoder), { finish: 'repetition', pending: [token] });
      if (signal.aborted) return (yield* this.#rest(decoder), { finish: 'stopped', pending: [token] });
      if (said.length === sampling.maxAnswerTokens) return (yield* this.#rest(decoder), { finish: 'length', pending: [token] });
    }
    // The stream ends between two tokens only when it is told to; the last one is not in the cache.
    return (yield* this.#rest(decoder), { finish: 'stopped', pending: said.slice(-1) });
  }

  *#rest(decoder: TokenDecoder): Generator<string, void, undefined> {
    const text = decoder.end();
    if (text) yield text;
  }

  /** Where a message would stand after what the cache holds now. */
  get #position(): Position {
    return this.#followsSinks && this.#systemPrompt.trim() ? 'afterSystemPrompt' : 'afterTurn';
  }

  get #followsSinks(): boolean {
    return this.#cache.layout.segments.every((segment) => segment.kind === 'sink');
  }

  /** @returns the tokens that are the turn's own; where there is no system prompt to speak of, the sinks have the first ones. */
  async #openTurn(turnId: number, { tokens, ...parts }: MessageTokens): Promise<readonly Token[]> {
    // The last token is always the turn's own: what is generated follows it.
    const missing = Math.min(tokens.length - 1, FEWEST_SINKS - this.#cache.layout.used);
    const lent = this.#followsSinks ? Math.max(0, missing) : 0;
    if (lent > 0) {
      if (this.#cache.layout.segments.length === 0) this.#cache.open({ kind: 'sink', header: 0 });
      await this.#cache.append(tokens.slice(0, lent));
      this.#lent = lent;
    }
    this.#cache.open({ kind: 'turn', turnId, ...behind(lent, parts) });
    return tokens.slice(lent);
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

function samplerOptions(sampling: Sampling, said: readonly Token[]): SequenceEvaluateOptions {
  const { temperature, topP, topK, minP, repeatPenalty } = sampling;
  const penalized = repeatPenalty > 1;
  return {
    temperature,
    topP,
    topK,
    minP,
    // The library seeds with the time in seconds: two quick answers would be drawn alike.
    seed: randomInt(2 ** 32),
    ...(penalized && { repeatPenalty: { penalty: repeatPenalty, punishTokens: () => said.slice(-PENALTY_WINDOW) } }),
  };
}
