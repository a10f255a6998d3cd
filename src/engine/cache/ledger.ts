import * as v from 'valibot';
import { SegmentSchema, type Segment, type TokenRange } from '../../shared/cache-layout.ts';
import type { CacheOperation } from './operations.ts';
import { assign, evict, grow, omit, rangeOf, redraft, usedTokens, withPin } from './segments.ts';

/** All that a ledger knows, to be gone on from later. */
export const LedgerStateSchema = v.object({
  segments: v.array(SegmentSchema),
  /** Ids of segments are never given twice. */
  lastId: v.number(),
  drawn: v.optional(v.number()),
});
export type LedgerState = Readonly<v.InferOutput<typeof LedgerStateSchema>>;

/** What the cache holds, as a list of segments: pure book-keeping, which follows what is done to the native cache. */
export class Ledger {
  #segments: readonly Segment[];
  #lastId: number;
  #drawn: number | undefined;

  constructor({ segments, lastId, drawn }: LedgerState = { segments: [], lastId: 0 }) {
    this.#segments = segments;
    this.#lastId = lastId;
    this.#drawn = drawn;
  }

  get segments(): readonly Segment[] {
    return this.#segments;
  }

  /** A token that the model has said and that has not entered. */
  get drawn(): number | undefined {
    return this.#drawn;
  }

  /** Tokens in the cache. */
  get used(): number {
    return usedTokens(this.#segments);
  }

  /** The id of the newest segment. */
  get lastId(): number {
    return this.#lastId;
  }

  get state(): LedgerState {
    return { segments: [...this.#segments], lastId: this.#lastId, ...(this.#drawn !== undefined && { drawn: this.#drawn }) };
  }

  segment(id: number): Segment | undefined {
    return this.#segments.find((other) => other.id === id);
  }

  /** The positions that an operation takes out of the cache. */
  leaving(operation: CacheOperation): readonly TokenRange[] {
    switch (operation.kind) {
      case 'evict':
        return operation.ranges;
      case 'drop': {
        const segment = this.segment(operation.segment);
        return segment && segment.tokens > 0 ? [rangeOf(segment)] : [];
      }
      case 'cut':
        return operation.tokens > 0 ? [{ start: this.used - operation.tokens, end: this.used }] : [];
      case 'omit':
        return [{ start: operation.start, end: operation.end }];
      case 'open':
      case 'append':
      case 'drawn':
      case 'pin':
      case 'assign':
      case 'redraft':
        return [];
    }
  }

  /** Follows an operation that was done. */
  apply(operation: CacheOperation): void {
    switch (operation.kind) {
      case 'open':
        this.#segments = [...this.#segments, { ...operation.segment, id: ++this.#lastId, tokens: 0, evicted: 0, start: this.used }];
        break;
      case 'append':
        this.#segments = grow(this.#segments, operation.tokens.length);
        this.#drawn = undefined;
        break;
      case 'drawn':
        this.#drawn = operation.token;
        break;
      case 'evict':
        this.#segments = evict(this.#segments, operation.ranges);
        break;
      case 'drop':
        this.#segments = evict(this.#segments, this.leaving(operation)).filter(({ id }) => id !== operation.segment);
        break;
      case 'cut':
        this.#segments = grow(this.#segments, -operation.tokens);
        break;
      case 'pin':
        this.#segments = withPin(this.#segments, operation.segment, operation.pinned);
        break;
      case 'assign':
        this.#segments = assign(this.#segments, operation);
        break;
      case 'redraft':
        this.#segments = redraft(this.#segments);
        break;
      case 'omit':
        this.#segments = omit(this.#segments, operation);
        break;
    }
  }
}
