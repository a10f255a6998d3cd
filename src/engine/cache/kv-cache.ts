import type { LlamaContextSequence, SequenceEvaluateOptions, Token } from 'node-llama-cpp';
import type { CacheLayout, Segment, TokenRange, TurnParts } from '../../shared/cache-layout.ts';
import { EndlessError } from '../../shared/errors.ts';
import { decodeBeside } from './beside.ts';
import type { CacheListener } from './cache-listener.ts';
import { Decoder, type DecoderOptions, type DrawOptions, type PrefillOptions } from './decoder.ts';
import type { CachePolicy } from './policy.ts';
import { Ledger, type LedgerState } from './ledger.ts';
import type { CacheOperation } from './operations.ts';
import { longestMessage, olderTurns, turnsWithin, unevictable } from './room.ts';
import { merged } from './segments.ts';

export interface KvCacheOptions extends DecoderOptions {
  /** Tokens the cache may hold; at most the context's size less one, so that the library's own shift never fires. */
  readonly capacity: number;
  readonly policy: CachePolicy;
  /** Tokens to keep free ahead of the next message, and the room that a message must leave for its answer. */
  readonly ahead: number;
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
  #ledger = new Ledger();
  #appended = 0;
  /** Tokens that were decoded beside the conversation. */
  #beside = 0;
  #evicting = Promise.resolve(0);

  constructor(sequence: LlamaContextSequence, options: KvCacheOptions, listener: CacheListener = {}) {
    this.#decoder = new Decoder(sequence, options);
    this.#capacity = Math.min(options.capacity, this.#decoder.mostCells);
    this.#ahead = options.ahead;
    this.#policy = options.policy;
    this.#listener = listener;
  }

  get layout(): CacheLayout {
    const strategy = this.#policy.remaining === 'shift' ? 'streaming' : 'rebase';
    return { window: this.#capacity, used: this.#ledger.used, segments: [...this.#ledger.segments], strategy };
  }

  /** What stands in it from a position on. */
  tokensFrom(start: number): readonly Token[] {
    return this.#decoder.tokens.slice(start);
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
    return this.#decoder.mostCells - this.#ledger.used;
  }

  /** Longest message that leaves room for its answer, in tokens with all that surrounds it. */
  get longestMessage(): number {
    return longestMessage(this.#ledger.segments, this.#capacity, this.#ahead);
  }

  /**
   * Opens a segment at the end; what is appended from now on belongs to it.
   *
   * @returns its id.
   */
  open(segment: Pick<Segment, 'kind' | 'turnId' | 'header'> & Partial<TurnParts>): number {
    this.#done({ kind: 'open', segment: { message: 0, answerHeader: 0, ...segment } });
    return this.#ledger.lastId;
  }

  /**
   * Evaluates tokens into the open segment.
   *
   * @throws EndlessError `message-too-long`, before anything is evicted, or the signal's reason between two slices.
   */
  async append(tokens: readonly Token[], options: PrefillOptions = {}): Promise<void> {
    await this.makeRoom(tokens.length);
    await this.#decoder.prefill(tokens, options, (batch) => this.#done(appended(batch)));
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
    options: PrefillOptions & DrawOptions = {},
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
      const stream = this.#decoder.draw(entering, sampling, options);
      try {
        while (this.#free >= entering.length) {
          const { value, done } = await stream.next();
          this.#done(appended(entering));
          if (done) return;
          entering = [value];
          this.#done({ kind: 'drawn', token: value });
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
    const room = this.roomBeside - most;
    if (tokens.length > room) throw new EndlessError('message-too-long', { tokens: tokens.length, window: Math.max(0, room) });
    const before = this.#decoder.decodedTokens;
    try {
      yield* decodeBeside(this.#decoder, tokens, most, sampling, options);
    } finally {
      this.#beside += this.#decoder.decodedTokens - before;
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
    const ranges = merged(this.#policy.evict(this.#ledger.segments, this.#capacity, incoming));
    const freed = ranges.reduce((sum, range) => sum + range.end - range.start, 0);
    if (this.#free + freed < incoming) {
      throw new EndlessError('message-too-long', { tokens: incoming, window: this.longestMessage });
    }
    await (this.#evicting = this.#evict(ranges));
  }

  /** Makes room ahead, so that the next message need not wait for an eviction. */
  async makeRoomAhead(incoming: number): Promise<void> {
    await this.makeRoom(Math.max(0, Math.min(incoming + this.#ahead, this.#capacity - unevictable(this.#ledger.segments))));
  }

  /**
   * Evicts all turns but the newest ones and those that are pinned, whether room is needed or not.
   *
   * @returns how many tokens have left.
   */
  async compact(turnsToKeep: number): Promise<number> {
    const leaving = merged(olderTurns(this.#ledger.segments, turnsToKeep));
    return leaving.length > 0 ? (this.#evicting = this.#evict(leaving)) : 0;
  }

  /** Takes a turn's tokens out of the cache; cutting off the newest costs nothing. */
  async forget(turnId: number): Promise<void> {
    const turn = this.#ledger.segments.find((segment) => segment.turnId === turnId);
    if (turn) await this.drop(turn.id);
  }

  /** Takes a segment out of the cache, whatever it is. */
  async drop(id: number): Promise<void> {
    if (this.#ledger.segment(id)) await this.#remove({ kind: 'drop', segment: id });
  }

  /** Cuts the last tokens off; they must belong to the last segment, and not to the beginning of its turn. */
  async cut(tokens: number): Promise<void> {
    if (tokens > 0) await this.#remove({ kind: 'cut', tokens });
  }

  /**
   * Resolves when what is being evicted has left: what is there then can be pinned, whatever else is being done. Of a failure whoever
   * evicts is told.
   */
  get evicting(): Promise<unknown> {
    return this.#evicting.catch(() => undefined);
  }

  /** Keeps a turn from being evicted, or no longer. Not while anything is evicted: that is decided already. */
  pin(id: number, pinned: boolean): void {
    this.#done({ kind: 'pin', segment: id, pinned });
  }

  /** Makes the last segment, a draft, the turn that it was drafted for; what is appended from now on belongs to that. */
  assign(turnId: number, { message, answerHeader }: Pick<TurnParts, 'message' | 'answerHeader'>): void {
    this.#done({ kind: 'assign', turnId, message, answerHeader });
  }

  /** Makes the last turn a draft again, for the message that takes its place. */
  redraft(): void {
    this.#done({ kind: 'redraft' });
  }

  /** Takes tokens of the last turn out, behind its message, which it is complete without. */
  async omit({ start, end }: TokenRange): Promise<void> {
    if (start < end) await this.#remove({ kind: 'omit', start, end });
  }

  /** All that is to be known besides the native state for going on from here. */
  get ledger(): LedgerState {
    return this.#ledger.state;
  }

  /** A token that the model has said and that is not in the cache, if nobody has said since what becomes of it. */
  get drawn(): Token | undefined {
    return this.#ledger.drawn as Token | undefined;
  }

  /** Does once more what was done before, without telling anybody. */
  async replay(operation: CacheOperation, options: PrefillOptions = {}): Promise<void> {
    if (operation.kind === 'append') {
      const { tokens, batch } = operation;
      await this.#decoder.repeat(tokens as readonly Token[], batch, options, (some) => this.#follow(appended(some)));
    } else {
      await this.#take(this.#ledger.leaving(operation));
      this.#follow(operation);
    }
  }

  /** Writes the native state into a file, with all rotations done; `ledger` goes with it. */
  async save(path: string): Promise<void> {
    const before = this.#decoder.decodedTokens;
    await this.#decoder.save(path);
    this.#beside += this.#decoder.decodedTokens - before;
    this.#requireAgreement();
  }

  /**
   * Goes on from what was saved, in place of what was there.
   *
   * @param path a file that this model's context has written, whole: native code crashes on others.
   * @throws EndlessError `internal` when it does not hold what the ledger says.
   */
  async load(path: string, state: LedgerState): Promise<void> {
    await this.#decoder.load(path);
    this.#ledger = new Ledger(state);
    this.#requireAgreement();
  }

  get #free(): number {
    return this.#capacity - this.#ledger.used;
  }

  /** @returns how many tokens have left. */
  async #evict(ranges: readonly TokenRange[]): Promise<number> {
    const turnIds = turnsWithin(this.#ledger.segments, ranges);
    const tokens = ranges.reduce((sum, range) => sum + range.end - range.start, 0);
    await this.#remove({ kind: 'evict', ranges });
    const left = new Set(this.#ledger.segments.map(({ turnId }) => turnId));
    this.#listener.onEviction?.({ tokens, turnIds, goneTurnIds: turnIds.filter((turnId) => !left.has(turnId)) });
    return tokens;
  }

  async #remove(operation: CacheOperation): Promise<void> {
    // What is computed anew behind a few tokens is the end of an answer, and nothing to be told.
    await this.#take(this.#ledger.leaving(operation), operation.kind !== 'omit');
    this.#done(operation);
    this.#requireAgreement();
  }

  /** Takes ranges out of the native cache. */
  async #take(ranges: readonly TokenRange[], isToldOf = false): Promise<void> {
    if (ranges.length === 0) return;
    const cutsTail = ranges.every((range) => range.end === this.#ledger.used);
    if (this.#policy.remaining === 'shift' || cutsTail) await this.#decoder.erase(ranges);
    else await this.#decoder.rebuildWithout(ranges, (done, total) => isToldOf && this.#listener.onRebuild?.(done, total));
  }

  #done(operation: CacheOperation): void {
    this.#follow(operation);
    this.#listener.onOperation?.(operation);
  }

  #follow(operation: CacheOperation): void {
    this.#ledger.apply(operation);
    if (operation.kind === 'append') this.#appended += operation.tokens.length;
  }

  /** The ledger and the native cache must never drift apart: everything shown and decided rests on it. */
  #requireAgreement(): void {
    const [ledger, native] = [this.#ledger.used, this.#decoder.cells];
    if (ledger !== native) throw new EndlessError('internal', { ledger, native });
  }
}

/** The operation that has brought a batch in. */
function appended(batch: readonly Token[]): CacheOperation {
  return { kind: 'append', tokens: batch, batch: batch.length };
}
