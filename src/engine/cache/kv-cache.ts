import type { LlamaContextSequence, SequenceEvaluateOptions, Token } from 'node-llama-cpp';
import type { CacheLayout, Segment, TokenRange, TurnParts } from '../../shared/cache-layout.ts';
import { EndlessError } from '../../shared/errors.ts';
import { Decoder, type DecoderOptions, type PrefillOptions } from './decoder.ts';
import type { CachePolicy } from './policy.ts';
import { evict, grow, merged, overlap, rangeOf, usedTokens } from './segments.ts';

export interface KvCacheOptions extends DecoderOptions {
  /** Tokens the cache may hold; at most the context's size less one, so that the library's own shift never fires. */
  readonly capacity: number;
  readonly policy: CachePolicy;
  /** Tokens to keep free ahead of the next message, and the room that a message must leave for its answer. */
  readonly ahead: number;
}

/** What an eviction took, for the record. */
export interface Eviction {
  readonly tokens: number;
  /** Turns that lost tokens, oldest first. */
  readonly turnIds: readonly number[];
  /** Those of them of which nothing is left. */
  readonly goneTurnIds: readonly number[];
}

export interface CacheListener {
  onEviction?(eviction: Eviction): void;
  /** Progress of computing the cache anew, in tokens; only with the `rebase` strategy. */
  onRebuild?(done: number, total: number): void;
}

/**
 * The rolling KV cache over one native sequence: an append-only list of segments from which the policy evicts. Nothing
 * else evaluates or erases tokens of its sequence, and it makes room before every decode.
 */
export class KvCache {
  readonly #decoder: Decoder;
  readonly #capacity: number;
  readonly #policy: CachePolicy;
  readonly #listener: CacheListener;
  readonly #ahead: number;
  #segments: readonly Segment[] = [];
  #lastId = 0;
  #appended = 0;
  /** Tokens that were decoded beside the conversation. */
  #beside = 0;

  constructor(sequence: LlamaContextSequence, options: KvCacheOptions, listener: CacheListener = {}) {
    this.#decoder = new Decoder(sequence, options);
    this.#capacity = Math.min(options.capacity, this.#decoder.mostCells);
    this.#ahead = options.ahead;
    this.#policy = options.policy;
    this.#listener = listener;
  }

  get layout(): CacheLayout {
    const strategy = this.#policy.remaining === 'shift' ? 'streaming' : 'rebase';
    return { window: this.#capacity, used: usedTokens(this.#segments), segments: [...this.#segments], strategy };
  }

  /** Tokens appended since the cache was made, evicted or not. */
  get appendedTokens(): number {
    return this.#appended;
  }

  /** Tokens decoded natively since the cache was made; more than were appended means that some were decoded again. */
  get decodedTokens(): number {
    return this.#decoder.decodedTokens - this.#beside;
  }

  /** What a token of a prefill takes, as measured lately, in milliseconds; 0 while nothing was. */
  get msPerToken(): number {
    return this.#decoder.msPerToken;
  }

  /** Tokens that can be asked and answered beside the conversation: cells behind it, the policy's or not. */
  get roomBeside(): number {
    return this.#decoder.mostCells - usedTokens(this.#segments);
  }

  /** Longest message that leaves room for its answer, in tokens with all that surrounds it. */
  get longestMessage(): number {
    const fixed = usedTokens(this.#segments.filter((segment) => segment.kind !== 'turn'));
    return this.#capacity - fixed - this.#ahead;
  }

  /**
   * Opens a segment at the end; what is appended from now on belongs to it.
   *
   * @returns its id.
   */
  open(segment: Pick<Segment, 'kind' | 'turnId' | 'header'> & Partial<TurnParts>): number {
    const id = ++this.#lastId;
    const empty = { id, tokens: 0, evicted: 0, start: usedTokens(this.#segments) };
    this.#segments = [...this.#segments, { message: 0, answerHeader: 0, ...segment, ...empty }];
    return id;
  }

  /**
   * Evaluates tokens into the open segment.
   *
   * @throws EndlessError `message-too-long`, before anything is evicted, or the signal's reason between two slices.
   */
  async append(tokens: readonly Token[], options: PrefillOptions = {}): Promise<void> {
    await this.makeRoom(tokens.length);
    await this.#decoder.prefill(tokens, options, (slice) => this.#grow(slice));
  }

  /**
   * Appends `tokens` and goes on with what the model says, until the consumer stops asking. A token that was yielded
   * enters the cache only when the next one is asked for: the last one is the consumer's to append. It also ends when the
   * signal says so between two tokens.
   *
   * @throws EndlessError as `append`.
   */
  async *generate(
    tokens: readonly Token[],
    sampling: SequenceEvaluateOptions,
    options: PrefillOptions = {},
  ): AsyncGenerator<Token, void, undefined> {
    await this.makeRoom(tokens.length);
    // What comes after the last slice is drawn, not scored: it is one token where all others are to be scored.
    const lastSlice = options.scoring ? 1 : this.#decoder.sliceOf(tokens.length);
    let entering = tokens.slice(-lastSlice);
    const scoring = options.scoring && { ...options.scoring, following: entering[0] };
    await this.append(tokens.slice(0, -lastSlice), { ...options, scoring });
    await this.#decoder.takeTurn(options.signal);
    options.signal?.throwIfAborted();
    for (;;) {
      await this.makeRoom(entering.length);
      const stream = this.#decoder.draw(entering, sampling);
      try {
        while (this.#free >= entering.length) {
          const { value, done } = await stream.next();
          this.#grow(entering.length);
          if (done) return;
          entering = [value];
          yield value;
          await this.#decoder.takeTurn(options.signal);
          if (options.signal?.aborted) return;
        }
      } finally {
        await stream.return();
      }
    }
  }

  /**
   * Goes on with `tokens` and what the model says to them beside the conversation, and leaves no trace: behind everything else, in
   * cells that the policy does not know of, all of which are cut off again when the consumer stops asking. Nothing is evicted,
   * and no key moves.
   *
   * @param most tokens that will be asked for.
   * @throws EndlessError `message-too-long` when there are too few cells, or the signal's reason between two slices.
   */
  async *aside(
    tokens: readonly Token[],
    most: number,
    sampling: SequenceEvaluateOptions,
    options: PrefillOptions = {},
  ): AsyncGenerator<Token, void, undefined> {
    const decoder = this.#decoder;
    const { cells: used, decodedTokens: decodedBefore } = decoder;
    const room = this.roomBeside - most;
    if (tokens.length > room) throw new EndlessError('message-too-long', { tokens: tokens.length, window: Math.max(0, room) });
    const lastSlice = decoder.sliceOf(tokens.length);
    try {
      // What is said beside a conversation is mostly what was asked, with changes. Only the likeliest token is what it is,
      // whether it is drawn alone or with others.
      if (sampling.temperature === 0 && !sampling.repeatPenalty) decoder.expectAgain(tokens);
      await decoder.prefill(tokens.slice(0, -lastSlice), options);
      await decoder.takeTurn(options.signal);
      options.signal?.throwIfAborted();
      const stream = decoder.draw(tokens.slice(-lastSlice), sampling);
      try {
        for (let said = 0; said < most; said++) {
          const { value, done } = await stream.next();
          if (done) return;
          yield value;
          await decoder.takeTurn(options.signal);
          if (options.signal?.aborted) return;
        }
      } finally {
        await stream.return();
      }
    } finally {
      decoder.expectAgain([]);
      if (decoder.cells > used) await decoder.erase([{ start: used, end: decoder.cells }]);
      this.#beside += decoder.decodedTokens - decodedBefore;
      this.#requireAgreement();
    }
  }

  /**
   * Evicts what the policy says so that `incoming` tokens fit. The keys that move are rotated at the next decode.
   *
   * @throws EndlessError `message-too-long` when even an empty cache would not hold them.
   */
  async makeRoom(incoming: number): Promise<void> {
    if (incoming <= this.#free) return;
    const ranges = merged(this.#policy.evict(this.#segments, this.#capacity, incoming));
    const freed = ranges.reduce((sum, range) => sum + range.end - range.start, 0);
    if (this.#free + freed < incoming) {
      throw new EndlessError('message-too-long', { tokens: incoming, window: this.longestMessage });
    }
    await this.#evict(ranges);
  }

  /** Makes room ahead, so that the next message need not wait for an eviction. */
  async makeRoomAhead(incoming: number): Promise<void> {
    await this.makeRoom(Math.max(0, Math.min(incoming + this.#ahead, this.#capacity - this.#unevictable)));
  }

  /**
   * Evicts all turns but the newest ones, whether room is needed or not.
   *
   * @returns how many tokens have left.
   */
  async compact(turnsToKeep: number): Promise<number> {
    const turns = this.#segments.filter(({ kind, tokens }) => kind === 'turn' && tokens > 0);
    const leaving = merged(turns.slice(0, Math.max(0, turns.length - turnsToKeep)).map(rangeOf));
    return leaving.length > 0 ? this.#evict(leaving) : 0;
  }

  /** Takes a turn's tokens out of the cache; cutting off the newest costs nothing. */
  async forget(turnId: number): Promise<void> {
    const turn = this.#segments.find((segment) => segment.turnId === turnId);
    if (turn) await this.drop(turn.id);
  }

  /** Takes a segment out of the cache, whatever it is. */
  async drop(id: number): Promise<void> {
    const segment = this.#segments.find((other) => other.id === id);
    if (segment && segment.tokens > 0) await this.#erase([rangeOf(segment)]);
    this.#segments = this.#segments.filter((other) => other.id !== id);
  }

  /** Takes all turns out of the cache: they stand behind everything that stays, so no key moves. */
  async dropTurns(): Promise<void> {
    const ranges = merged(this.#segments.filter(({ kind, tokens }) => kind === 'turn' && tokens > 0).map(rangeOf));
    if (ranges.length > 0) await this.#erase(ranges);
    this.#segments = this.#segments.filter(({ kind }) => kind !== 'turn');
  }

  /** Cuts the last tokens off; they must belong to the last segment, and not to the beginning of its turn. */
  async cut(tokens: number): Promise<void> {
    const { used } = this.layout;
    if (tokens > 0) await this.#erase([{ start: used - tokens, end: used }], grow(this.#segments, -tokens));
  }

  get #free(): number {
    return this.#capacity - usedTokens(this.#segments);
  }

  /** What has to stay even if everything else leaves: sinks, pins, and the headers of the newest turn. */
  get #unevictable(): number {
    const fixed = this.#segments.filter((segment) => segment.kind !== 'turn');
    const { header = 0, answerHeader = 0 } = this.#segments.at(-1) ?? {};
    return usedTokens(fixed) + header + answerHeader;
  }

  #turnsIn(ranges: readonly TokenRange[]): readonly number[] {
    return this.#segments.flatMap((segment) =>
      segment.turnId !== undefined && overlap(rangeOf(segment), ranges) > 0 ? [segment.turnId] : [],
    );
  }

  /** @returns how many tokens have left. */
  async #evict(ranges: readonly TokenRange[]): Promise<number> {
    const turnIds = this.#turnsIn(ranges);
    const tokens = ranges.reduce((sum, range) => sum + range.end - range.start, 0);
    await this.#erase(ranges);
    const left = new Set(this.#segments.map(({ turnId }) => turnId));
    this.#listener.onEviction?.({ tokens, turnIds, goneTurnIds: turnIds.filter((turnId) => !left.has(turnId)) });
    return tokens;
  }

  async #erase(ranges: readonly TokenRange[], kept = evict(this.#segments, ranges)): Promise<void> {
    const cutsTail = ranges.every((range) => range.end === usedTokens(this.#segments));
    if (this.#policy.remaining === 'shift' || cutsTail) await this.#decoder.erase(ranges);
    else await this.#decoder.rebuildWithout(ranges, (done, total) => this.#listener.onRebuild?.(done, total));
    this.#segments = kept;
    this.#requireAgreement();
  }

  #grow(tokens: number): void {
    this.#segments = grow(this.#segments, tokens);
    this.#appended += tokens;
  }

  /** The ledger and the native cache must never drift apart: everything shown and decided rests on it. */
  #requireAgreement(): void {
    const [ledger, native] = [usedTokens(this.#segments), this.#decoder.cells];
    if (ledger !== native) throw new EndlessError('internal', { ledger, native });
  }
}
