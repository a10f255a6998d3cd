import * as v from 'valibot';
import { SegmentSchema, type Segment, type TokenRange } from '../../shared/cache-layout.ts';

const TokensSchema = v.array(v.pipe(v.number(), v.integer(), v.minValue(0)));

/**
 * Everything that changes what a cache holds. The same operations in the same order give the same cache: not only the
 * same tokens, but the same keys and values, which also know of tokens that have been evicted since.
 */
export const CacheOperationSchema = v.variant('kind', [
  v.object({ kind: v.literal('open'), segment: v.pick(SegmentSchema, ['kind', 'turnId', 'header', 'message', 'answerHeader']) }),
  /** Decoded so many at a time: rounding differs with the size of a batch. */
  v.object({ kind: v.literal('append'), tokens: TokensSchema, batch: v.pipe(v.number(), v.integer(), v.minValue(1)) }),
  /** The model has said a token that enters with the next one, if anything follows it. */
  v.object({ kind: v.literal('drawn'), token: v.number() }),
  v.object({ kind: v.literal('evict'), ranges: v.array(v.object({ start: v.number(), end: v.number() })) }),
  v.object({ kind: v.literal('drop'), segment: v.number() }),
  /** The last tokens of the last segment are cut off. */
  v.object({ kind: v.literal('cut'), tokens: v.number() }),
  /** A turn is never to be evicted, or may be again. */
  v.object({ kind: v.literal('pin'), segment: v.number(), pinned: v.boolean() }),
  /** What was drafted becomes a turn: all that is in the last segment, and what follows it. */
  v.object({ kind: v.literal('assign'), turnId: v.number(), message: v.number(), answerHeader: v.number() }),
  /** The last turn becomes a draft again: all that is left in the last segment. */
  v.object({ kind: v.literal('redraft') }),
  /** Tokens within the last turn go, which it is not to be thought to lack. */
  v.object({ kind: v.literal('omit'), start: v.number(), end: v.number() }),
]);
type Stored = v.InferOutput<typeof CacheOperationSchema>;

export type CacheOperation =
  | { readonly kind: 'open'; readonly segment: Pick<Segment, 'kind' | 'turnId' | 'header' | 'message' | 'answerHeader'> }
  | { readonly kind: 'append'; readonly tokens: readonly number[]; readonly batch: number }
  | Readonly<Extract<Stored, { kind: 'drawn' | 'drop' | 'cut' | 'pin' | 'assign' | 'redraft' | 'omit' }>>
  | { readonly kind: 'evict'; readonly ranges: readonly TokenRange[] };
