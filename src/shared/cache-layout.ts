import * as v from 'valibot';

/**
 * The KV cache as the policy sees it and as the webview draws it: a list of segments without gaps, in order of
 * position. Positions are those inside the cache, not those of the text (Xiao et al. 2024, section 3.2).
 */
export const SegmentSchema = v.object({
  id: v.number(),
  /**
   * `sink` is never evicted; `pinned` only by the user; `turn` is a user message with its answer; `draft` is what is attached to a
   * message that is being written.
   */
  kind: v.picklist(['sink', 'pinned', 'turn', 'draft']),
  /** The turn's number in the transcript; absent for sinks, drafts, and the instructions of the workspace, which are pinned. */
  turnId: v.optional(v.number()),
  /** Tokens in the cache. */
  tokens: v.number(),
  /** Position of the first token. */
  start: v.number(),
  /** Leading tokens that hold the role header, kept when the inside of the turn is evicted. */
  header: v.number(),
  /** Tokens of the message behind it, as far as they have not been evicted. */
  message: v.number(),
  /** Tokens behind the message that hold the role header of the answer, kept as the first one is. */
  answerHeader: v.number(),
  /** Tokens that have left from its inside. */
  evicted: v.number(),
});
export type Segment = Readonly<v.InferOutput<typeof SegmentSchema>>;

/** How a turn begins, in tokens: its role header, its message, and the role header of the answer. */
export type TurnParts = Pick<Segment, 'header' | 'message' | 'answerHeader'>;

/** Half-open range of cache positions, `0 < start < end`. */
export interface TokenRange {
  readonly start: number;
  readonly end: number;
}

/** A complete picture of one conversation's cache. */
export const CacheLayoutSchema = v.object({
  /** Tokens the cache may hold. */
  window: v.number(),
  used: v.number(),
  segments: v.array(SegmentSchema),
  /**
   * How room is made: by rolling, or by rebuilding half the window where positions cannot be shifted. With `resend` there is no cache of
   * ours: the segments are what a server is sent with every message, and half of the turns are left out at once.
   */
  strategy: v.picklist(['streaming', 'rebase', 'resend']),
});
export type CacheLayout = Readonly<v.InferOutput<typeof CacheLayoutSchema>>;

/** Turns of which something is in the cache, oldest first. */
export function turnsIn(layout: CacheLayout): readonly number[] {
  return layout.segments.flatMap(({ turnId, tokens }) => (turnId !== undefined && tokens > 0 ? [turnId] : []));
}

/** Turns of which the beginning has left the cache and the rest has not. */
export function turnsPartlyIn(layout: CacheLayout): readonly number[] {
  return layout.segments.flatMap(({ turnId, tokens, evicted }) => (turnId !== undefined && tokens > 0 && evicted > 0 ? [turnId] : []));
}

/**
 * Whether a message can take the place of a turn without the cache being filled again: nothing of the turn has left, and
 * none of those behind it. What was never there, since it failed, has not left.
 *
 * @param evictedUpTo the newest turn of which nothing is left.
 */
export function isWholeFrom(turnId: number, { segments }: CacheLayout, evictedUpTo: number): boolean {
  const evicted = segments.find((segment) => segment.turnId === turnId)?.evicted ?? 0;
  return evictedUpTo < turnId && evicted === 0;
}

/** Tokens of turns that a cache is filled with again, at most: the rest of its first half is what never leaves. */
export function refillBudget(layout: CacheLayout): number {
  return Math.max(0, Math.floor(layout.window / 2) - tokensOf(layout, 'sink') - tokensOf(layout, 'instructions'));
}

/** What a segment is to the user. */
export type SegmentMeaning = Segment['kind'] | 'instructions';

export function meaningOf({ kind, turnId }: Segment): SegmentMeaning {
  return kind === 'pinned' && turnId === undefined ? 'instructions' : kind;
}

/** Tokens of the given meaning, for the bar and the panel. */
export function tokensOf(layout: CacheLayout, meaning: SegmentMeaning): number {
  return layout.segments.reduce((sum, segment) => sum + (meaningOf(segment) === meaning ? segment.tokens : 0), 0);
}
