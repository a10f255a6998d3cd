import type { LlamaContextSequence, SequenceEvaluateOptions, Token } from 'node-llama-cpp';
import type { CacheLayout, Segment, TokenRange, TurnParts } from '../../shared/cache-layout.ts';
import { EndlessError } from '../../shared/errors.ts';
import type { DecodeCounter } from './decode-counter.ts';
import { dropFirstTokens } from './native.ts';
import type { CachePolicy } from './policy.ts';
import { evict, grow, merged, overlap, rangeOf, usedTokens } from './segments.ts';
import { SliceSizer } from './slice-sizer.ts';
import { evaluateScored, SCORED_BATCH } from './teacher-forcing.ts';

/** Who has had to wait for a slice is taken to come again within this time, in milliseconds. */
const SHARED_MS = 10_000;

export interface KvCacheOptions {
  /** Tokens the cache may hold; at most the context's size less one, so that the library's own shift never fires. */
  readonly capacity: number;
  readonly policy: CachePolicy;
  /** Counts what the context really decodes. */
  readonly decodes: DecodeCounter;
  /** Tokens to keep free ahead of the next message, and the room that a message must leave for its answer. */
  readonly ahead: number;
  /** What every decode waits for, if anything: something that goes before it. */
  readonly giveWay?: (() => Promise<void> | undefined) | undefined;
  /** Whether somebody may have to wait for any slice of a prefill to end, so that they are to be small. */
  readonly isHurried?: boolean;
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

/** Teacher forcing: asks how probable the model held what is appended. */
export interface Scoring {
  /** Natural logarithms of the probabilities, in order, each given all that is in the cache before; the first token of a call is not scored. */
  readonly onScored: (logProbabilities: readonly number[]) => void;
  /** The token that will come next, to be scored with this call; it is not appended. */
  readonly following?: Token | undefined;
}

export interface PrefillOptions {
  readonly signal?: AbortSignal;
  /** Tokens evaluated so far; the last slice of `generate` is not reported. */
  readonly onProgress?: (done: number) => void;
  /** Only for measuring: it costs time. */
  readonly scoring?: Scoring | undefined;
}

/**
 * The rolling KV cache over one native sequence: an append-only list of segments from which the policy evicts. It is
 * the only place that evaluates or erases tokens of its sequence, and it makes room before every decode.
 */
export class KvCache {
  readonly #sequence: LlamaContextSequence;
  readonly #capacity: number;
  readonly #policy: CachePolicy;
  readonly #slices: SliceSizer;
  readonly #listener: CacheListener;
  readonly #ahead: number;
  #segments: readonly Segment[] = [];
  #lastId = 0;
  #appended = 0;
  readonly #decodes: DecodeCounter;
  readonly #decodedBefore: number;
  readonly #giveWay: KvCacheOptions['giveWay'];
  #gaveWayAt: number;

  constructor(sequence: LlamaContextSequence, options: KvCacheOptions, listener: CacheListener = {}) {
    this.#sequence = sequence;
    this.#capacity = Math.min(options.capacity, sequence.contextSize - 1);
    this.#ahead = options.ahead;
    this.#policy = options.policy;
    this.#slices = new SliceSizer(sequence.context.batchSize);
    this.#decodes = options.decodes;
    this.#decodedBefore = options.decodes.decoded;
    this.#giveWay = options.giveWay;
    this.#gaveWayAt = options.isHurried ? Infinity : -Infinity;
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
    return this.#decodes.decoded - this.#decodedBefore;
  }

  /** What a token of a prefill takes, as measured lately, in milliseconds; 0 while nothing was. */
  get msPerToken(): number {
    return this.#slices.msPerToken;
  }

  /** Longest message that leaves room for its answer, in tokens with all that surrounds it. */
  get longestMessage(): number {
    const fixed = usedTokens(this.#segments.filter((segment) => segment.kind !== 'turn'));
    return this.#capacity - fixed - this.#ahead;
  }

  /** Opens a segment at the end; what is appended from now on belongs to it. */
  open(segment: Pick<Segment, 'kind' | 'turnId' | 'header'> & Partial<TurnParts>): void {
    const empty = { id: ++this.#lastId, tokens: 0, evicted: 0, start: usedTokens(this.#segments) };
    this.#segments = [...this.#segments, { message: 0, answerHeader: 0, ...segment, ...empty }];
  }

  /**
   * Evaluates tokens into the open segment.
   *
   * @throws EndlessError `message-too-long`, before anything is evicted, or the signal's reason between two slices.
   */
  async append(tokens: readonly Token[], options: PrefillOptions = {}): Promise<void> {
    await this.makeRoom(tokens.length);
    const { signal, onProgress, scoring } = options;
    let done = 0;
    while (done < tokens.length) {
      await this.#takeTurn(signal);
      signal?.throwIfAborted();
      const end = done + Math.min(this.#slices.of(tokens.length - done, this.#isShared), scoring ? SCORED_BATCH : Infinity);
      const following = tokens[end] ?? scoring?.following;
      done += await this.#evaluate(tokens.slice(done, end), scoring && { ...scoring, following });
      onProgress?.(done);
    }
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
    const lastSlice = options.scoring ? 1 : this.#slices.of(tokens.length, this.#isShared);
    let entering = tokens.slice(-lastSlice);
    const scoring = options.scoring && { ...options.scoring, following: entering[0] };
    await this.append(tokens.slice(0, -lastSlice), { ...options, scoring });
    await this.#takeTurn(options.signal);
    options.signal?.throwIfAborted();
    for (;;) {
      await this.makeRoom(entering.length);
      const stream = this.#sequence.evaluate(entering, { ...sampling, yieldEogToken: true });
      try {
        while (this.#free >= entering.length) {
          const { value, done } = await this.#measured(entering.length, () => stream.next());
          this.#grow(entering.length);
          if (done) return;
          entering = [value];
          yield value;
          await this.#takeTurn(options.signal);
          if (options.signal?.aborted) return;
        }
      } finally {
        await stream.return();
      }
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
    const turnIds = this.#turnsIn(ranges);
    await this.#erase(ranges);
    const left = new Set(this.#segments.map(({ turnId }) => turnId));
    this.#listener.onEviction?.({ tokens: freed, turnIds, goneTurnIds: turnIds.filter((turnId) => !left.has(turnId)) });
  }

  /** Makes room ahead, so that the next message need not wait for an eviction. */
  async makeRoomAhead(incoming: number): Promise<void> {
    await this.makeRoom(Math.max(0, Math.min(incoming + this.#ahead, this.#capacity - this.#unevictable)));
  }

  /** Takes a turn's tokens out of the cache; cutting off the newest costs nothing. */
  async forget(turnId: number): Promise<void> {
    const turn = this.#segments.find((segment) => segment.turnId === turnId);
    if (!turn) return;
    if (turn.tokens > 0) await this.#erase([rangeOf(turn)]);
    this.#segments = this.#segments.filter((segment) => segment.turnId !== turnId);
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

  async #erase(ranges: readonly TokenRange[], kept = evict(this.#segments, ranges)): Promise<void> {
    const cutsTail = ranges.every((range) => range.end === usedTokens(this.#segments));
    if (this.#policy.remaining === 'recompute' && !cutsTail) await this.#rebuildWithout(ranges);
    else await this.#shiftOver(ranges);
    this.#segments = kept;
    this.#requireAgreement();
  }

  async #shiftOver(ranges: readonly TokenRange[]): Promise<void> {
    const first = ranges[0];
    if (first?.start === 0 && first.end === usedTokens(this.#segments)) await this.#sequence.clearHistory();
    else if (first?.start === 0 && ranges.length === 1) dropFirstTokens(this.#sequence, first.end);
    else await this.#sequence.eraseContextTokenRanges(ranges.map((range) => ({ ...range })));
  }

  async #rebuildWithout(ranges: readonly TokenRange[]): Promise<void> {
    const kept = this.#sequence.contextTokens.filter((_, at) => overlap({ start: at, end: at + 1 }, ranges) === 0);
    await this.#sequence.clearHistory();
    for (let done = 0; done < kept.length;) {
      await this.#takeTurn();
      done += await this.#decode(kept.slice(done, done + this.#slices.of(kept.length - done, this.#isShared)));
      this.#listener.onRebuild?.(done, kept.length);
    }
  }

  async #evaluate(tokens: readonly Token[], scoring?: Scoring): Promise<number> {
    await this.#decode(tokens, scoring);
    this.#grow(tokens.length);
    return tokens.length;
  }

  async #decode(tokens: readonly Token[], scoring?: Scoring): Promise<number> {
    await this.#measured(tokens.length, async () => {
      if (scoring) scoring.onScored(await evaluateScored(this.#sequence, tokens, scoring.following));
      else await this.#sequence.evaluateWithoutGeneratingNewTokens([...tokens]);
    });
    return tokens.length;
  }

  async #measured<T>(tokens: number, decode: () => Promise<T>): Promise<T> {
    const begin = performance.now();
    const result = await decode();
    this.#slices.measured(tokens, performance.now() - begin);
    return result;
  }

  /** Whether something has gone first lately, and may again. */
  get #isShared(): boolean {
    return performance.now() - this.#gaveWayAt < SHARED_MS;
  }

  /** Waits for what goes first, unless it is told to stop meanwhile. */
  async #takeTurn(signal?: AbortSignal): Promise<void> {
    const others = this.#giveWay?.();
    if (others === undefined || signal?.aborted) return;
    this.#gaveWayAt = performance.now();
    const stopped = Promise.withResolvers<void>();
    const stop = (): void => stopped.resolve();
    signal?.addEventListener('abort', stop, { once: true });
    await Promise.race([others, stopped.promise]);
    signal?.removeEventListener('abort', stop);
    // Another may have come meanwhile.
    await this.#takeTurn(signal);
  }

  #grow(tokens: number): void {
    this.#segments = grow(this.#segments, tokens);
    this.#appended += tokens;
  }

  /** The ledger and the native cache must never drift apart: everything shown and decided rests on it. */
  #requireAgreement(): void {
    const [ledger, native] = [usedTokens(this.#segments), this.#sequence.nextTokenIndex];
    if (ledger !== native) throw new EndlessError('internal', { ledger, native });
  }
}
