import type { Token } from 'node-llama-cpp';
import type { Segment } from '../../shared/cache-layout.ts';
import { KvCache } from '../../engine/cache/kv-cache.ts';
import type { LedgerState } from '../../engine/cache/ledger.ts';
import type { CacheOperation } from '../../engine/cache/operations.ts';
import type { CachePolicy } from '../../engine/cache/policy.ts';
import { pinnedTokens } from '../../engine/cache/room.ts';
import type { ComparedContext } from './contexts.ts';
import { Ledger } from './ledger.ts';
import { MOST_DRAFTED, MOST_PINNED, SMALLEST_CAPACITY, type Operation } from './operations.ts';
import type { Words } from './words.ts';

/** How the cache that is put to the test rolls. */
export interface Rolling {
  readonly policy: CachePolicy;
  /** Tokens that never leave; 0 for window attention. */
  readonly sinks: number;
  /** Leading tokens that a turn keeps to the last. */
  readonly header: number;
  /** Tokens behind the first half of a turn that it keeps, too. */
  readonly answerHeader: number;
}

/** Sampled, because what is likeliest repeats itself, and tokens that are all alike hide which of them are left. */
const SAMPLING = { temperature: 1, seed: 1 };

/** A conversation without sense in the cache of the product, with a ledger of all that was said in it. */
export class RollingConversation {
  readonly #rolling: Rolling;
  readonly #rolled: ComparedContext;
  readonly #words: Words;
  readonly #stateFile: string;
  #cache: KvCache;
  /** The last file, if there is one, and what was done since. */
  #saved: LedgerState | undefined;
  #journal: CacheOperation[] = [];
  /** Tokens that caches before this one decoded beyond those appended. */
  #decodedBefore = 0;
  readonly #ledger: Ledger;
  readonly #head: readonly Token[];
  #lastTurn = 0;
  #evictions = 0;

  /**
   * @param bos what a text begins with, if the model wants it
   * @param stateFile a path to write the cache to
   */
  constructor(rolling: Rolling, rolled: ComparedContext, words: Words, bos: readonly Token[], stateFile: string) {
    const { sinks } = rolling;
    this.#stateFile = stateFile;
    this.#rolling = rolling;
    this.#rolled = rolled;
    this.#words = words;
    this.#head = [...bos, ...words.next(sinks)].slice(0, sinks);
    this.#ledger = new Ledger(this.#head);
    this.#cache = this.#newCache();
  }

  #newCache(): KvCache {
    const { sequence, decodes } = this.#rolled;
    const { policy } = this.#rolling;
    return new KvCache(
      sequence,
      { capacity: SMALLEST_CAPACITY, policy, decodes, ahead: 0 },
      { onEviction: () => (this.#evictions += 1), onOperation: (operation) => this.#journal.push(operation) },
    );
  }

  async begin(): Promise<void> {
    if (this.#head.length === 0) return;
    this.#cache.open({ kind: 'sink', header: this.#head.length });
    await this.#cache.append(this.#head);
  }

  get evictions(): number {
    return this.#evictions;
  }

  /** Places of the cache that hold another token than they must. */
  get misplaced(): number {
    return this.#ledger.misplaced(this.#cache.layout, this.#rolled.sequence.contextTokens);
  }

  /** Tokens decoded beyond those appended, whoever had them decoded. */
  get decodedBesides(): number {
    return this.#decodedBefore + this.#cache.decodedTokens - this.#cache.appendedTokens;
  }

  async perform(operation: Operation): Promise<void> {
    switch (operation.kind) {
      case 'append':
        return this.#append(operation.tokens);
      case 'generate':
        return this.#generate(operation.entering, operation.tokens);
      case 'makeRoom':
        return this.#cache.makeRoom(operation.tokens);
      case 'makeRoomAhead':
        return this.#cache.makeRoomAhead(operation.tokens);
      case 'cut':
        return this.#cut(operation.tokens);
      case 'cutTail':
        return this.#cutTail(operation.turns);
      case 'pin':
        return this.#pin(operation.turn);
      case 'attach':
        return this.#attach(operation.tokens);
      case 'detach':
        return this.#detach(operation.tokens);
      case 'omit':
        return this.#omit(operation.from, operation.tokens);
      case 'forget':
        return this.#forget(this.#turns[operation.turn % Math.max(1, this.#turns.length)]);
      case 'save':
        return this.#save();
      case 'restore':
        return this.#restore();
    }
  }

  async #save(): Promise<void> {
    if (this.#cache.layout.used === 0) return;
    await this.#cache.save(this.#stateFile);
    this.#saved = this.#cache.ledger;
    this.#journal = [];
  }

  async #restore(): Promise<void> {
    this.#decodedBefore = this.decodedBesides;
    this.#cache = this.#newCache();
    await this.#rolled.sequence.clearHistory();
    if (this.#saved) await this.#cache.load(this.#stateFile, this.#saved);
    for (const operation of this.#journal) await this.#cache.replay(operation);
  }

  async #append(count: number): Promise<void> {
    const turnId = this.#open(Math.floor(count / 2));
    const tokens = this.#words.next(count);
    await this.#cache.append(tokens);
    this.#ledger.add(turnId, tokens);
  }

  async #generate(entering: number, count: number): Promise<void> {
    const newest = this.#cache.layout.segments.at(-1);
    const turnId = newest?.kind === 'turn' && newest.turnId !== undefined ? newest.turnId : this.#open(0);
    const tokens = this.#words.next(entering);
    const said: Token[] = [];
    for await (const token of this.#cache.generate(tokens, SAMPLING)) if (said.push(token) === count) break;
    // The last one never entered the cache.
    this.#ledger.add(turnId, [...tokens, ...said.slice(0, -1)]);
  }

  async #cut(count: number): Promise<void> {
    const newest = this.#cache.layout.segments.at(-1);
    if (newest?.turnId === undefined) return;
    const { header, message, answerHeader } = newest;
    const tokens = Math.min(count, Math.max(0, newest.tokens - header - message - answerHeader));
    await this.#cache.cut(tokens);
    this.#ledger.cut(newest.turnId, tokens);
  }

  async #forget(turnId: number | undefined): Promise<void> {
    if (turnId === undefined) return;
    await this.#cache.forget(turnId);
    this.#ledger.forget(turnId);
  }

  async #cutTail(count: number): Promise<void> {
    await this.#detach(Infinity);
    for (const turnId of this.#turns.toReversed().slice(0, count)) await this.#forget(turnId);
  }

  /** Window attention keeps nothing. */
  async #pin(at: number): Promise<void> {
    const { layout } = this.#cache;
    const segment = layout.segments.find(({ turnId }) => turnId === this.#turns[at % Math.max(1, this.#turns.length)]);
    if (segment?.turnId === undefined || this.#rolling.policy.name === 'window') return;
    const pinned = segment.kind === 'turn';
    if (pinned && pinnedTokens(layout.segments) + segment.tokens > MOST_PINNED) return;
    this.#ledger.pin(segment.turnId, pinned, layout);
    this.#cache.pin(segment.id, pinned);
  }

  async #attach(count: number): Promise<void> {
    const tokens = this.#words.next(Math.min(count, MOST_DRAFTED - (this.#draft?.tokens ?? 0)));
    if (!this.#draft) this.#cache.open({ kind: 'draft', header: this.#rolling.header });
    await this.#cache.append(tokens);
    this.#ledger.draft(tokens);
  }

  async #detach(count: number): Promise<void> {
    const draft = this.#draft;
    if (!draft) return;
    if (count < draft.tokens) await this.#cache.cut(count);
    else await this.#cache.drop(draft.id);
    this.#ledger.cutDraft(count);
  }

  async #omit(from: number, count: number): Promise<void> {
    const newest = this.#cache.layout.segments.at(-1);
    if (newest?.kind !== 'turn' || newest.turnId === undefined || newest.evicted > 0) return;
    const { start, tokens, header, message, answerHeader } = newest;
    const at = header + message + answerHeader + from;
    const omitted = Math.min(count, tokens - at);
    if (omitted <= 0) return;
    await this.#cache.omit({ start: start + at, end: start + at + omitted });
    this.#ledger.omit(newest.turnId, at, omitted);
  }

  #open(message: number): number {
    this.#lastTurn += 1;
    const { header, answerHeader } = this.#rolling;
    const draft = this.#draft;
    if (!draft) {
      this.#cache.open({ kind: 'turn', turnId: this.#lastTurn, header, message, answerHeader });
      this.#ledger.open(this.#lastTurn, { header, message, answerHeader });
      return this.#lastTurn;
    }
    const all = Math.max(0, draft.tokens - header) + message;
    this.#cache.assign(this.#lastTurn, { message: all, answerHeader });
    this.#ledger.open(this.#lastTurn, { header, message: all, answerHeader });
    this.#ledger.assign(this.#lastTurn);
    return this.#lastTurn;
  }

  get #draft(): Segment | undefined {
    return this.#cache.layout.segments.find(({ kind }) => kind === 'draft');
  }

  get #turns(): readonly number[] {
    return this.#cache.layout.segments.flatMap(({ turnId }) => turnId ?? []);
  }
}
