import type { Segment, TokenRange } from '../../shared/cache-layout.ts';

/** Tokens held by all segments together. */
export function usedTokens(segments: readonly Segment[]): number {
  return segments.reduce((sum, segment) => sum + segment.tokens, 0);
}

/** The range of cache positions that a segment occupies. */
export function rangeOf(segment: Segment): TokenRange {
  return { start: segment.start, end: segment.start + segment.tokens };
}

/** The range of cache positions that its message occupies. */
function messageOf({ start, header, message }: Segment): TokenRange {
  return { start: start + header, end: start + header + message };
}

/** The ranges inside a turn that may be evicted, in order: its message, and what follows the header of its answer. */
export function evictableIn(segment: Segment): readonly TokenRange[] {
  const message = messageOf(segment);
  const { end } = rangeOf(segment);
  const answer = { start: message.end + segment.answerHeader, end };
  const filled = [message, answer].map((range) => ({ start: range.start, end: Math.min(range.end, end) }));
  return filled.filter((range) => range.start < range.end);
}

/** The list with `tokens` more in its last segment, or fewer when it is cut off. */
export function grow(segments: readonly Segment[], tokens: number): readonly Segment[] {
  return segments.map((segment, index) => (index === segments.length - 1 ? { ...segment, tokens: segment.tokens + tokens } : segment));
}

/**
 * The list after the given ranges have left the cache: what follows moves up, segments that have nothing left
 * disappear, but for the last one, which is open for what comes next.
 */
export function evict(segments: readonly Segment[], ranges: readonly TokenRange[]): readonly Segment[] {
  let start = 0;
  return segments.flatMap((segment) => {
    const lost = overlap(rangeOf(segment), ranges);
    const tokens = segment.tokens - lost;
    if (tokens === 0 && segment.evicted + lost > 0 && segment !== segments.at(-1)) return [];
    const message = segment.message - overlap(messageOf(segment), ranges);
    const moved = { ...segment, tokens, start, message, evicted: segment.evicted + lost };
    start += tokens;
    return [moved];
  });
}

/** The list with a segment that is pinned, or may be evicted again as any other turn. */
export function withPin(segments: readonly Segment[], id: number, pinned: boolean): readonly Segment[] {
  return segments.map((segment) => (segment.id === id ? { ...segment, kind: pinned ? 'pinned' : 'turn' } : segment));
}

/** The list with its last segment, a draft, as the turn that it was drafted for. */
export function assign(segments: readonly Segment[], { turnId, message, answerHeader }: AssignedTurn): readonly Segment[] {
  return segments.map((segment) => (segment === segments.at(-1) ? { ...segment, kind: 'turn', turnId, message, answerHeader } : segment));
}

type AssignedTurn = Pick<Segment, 'message' | 'answerHeader'> & { readonly turnId: number };

/** The list with its last segment, a turn, as a draft again. */
export function redraft(segments: readonly Segment[]): readonly Segment[] {
  return segments.map((segment) => {
    if (segment !== segments.at(-1)) return segment;
    const { id, tokens, start, header, evicted } = segment;
    return { id, kind: 'draft', tokens, start, header, message: 0, answerHeader: 0, evicted };
  });
}

/** The list after tokens behind the last turn's message have gone, which it is complete without. */
export function omit(segments: readonly Segment[], range: TokenRange): readonly Segment[] {
  return segments.map((segment) => {
    if (segment !== segments.at(-1)) return segment;
    const { end } = messageOf(segment);
    const answerHeader = segment.answerHeader - overlap({ start: end, end: end + segment.answerHeader }, [range]);
    return { ...segment, tokens: segment.tokens - overlap(rangeOf(segment), [range]), answerHeader };
  });
}

/** The same positions in as few ranges as possible. @param ranges ascending. */
export function merged(ranges: readonly TokenRange[]): readonly TokenRange[] {
  return ranges.reduce<readonly TokenRange[]>((done, range) => {
    const last = done.at(-1);
    return last?.end === range.start ? [...done.slice(0, -1), { start: last.start, end: range.end }] : [...done, range];
  }, []);
}

/** Number of positions of `range` that lie in one of `ranges` (which do not overlap each other). */
export function overlap(range: TokenRange, ranges: readonly TokenRange[]): number {
  return ranges.reduce((sum, other) => sum + Math.max(0, Math.min(range.end, other.end) - Math.max(range.start, other.start)), 0);
}
