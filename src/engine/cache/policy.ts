import type { Segment, TokenRange } from '../../shared/cache-layout.ts';
import { evictableIn, rangeOf, usedTokens } from './segments.ts';

/** Fewest sinks: four suffice for every architecture of the paper (Xiao et al. 2024, table 2). */
export const FEWEST_SINKS = 4;

/**
 * Decides what leaves the cache so that `incoming` more tokens fit into `capacity`. Pure: the same segments give the
 * same ranges, ascending, and nothing is evicted without need. When even evicting all it may is not enough, it
 * returns that much, and the caller finds there is no room.
 */
export type EvictionPolicy = (segments: readonly Segment[], capacity: number, incoming: number) => readonly TokenRange[];

/** One of the systems that the work on StreamingLLM compares (Xiao et al. 2024, figure 1), or `rebase`. */
export interface CachePolicy {
  readonly name: 'streaming' | 'window' | 'recompute' | 'dense' | 'rebase';
  readonly evict: EvictionPolicy;
  /** What becomes of the keys behind a gap: rotated to their new positions, or computed again from the text. */
  readonly remaining: 'shift' | 'recompute';
}

/**
 * The rolling cache of StreamingLLM (section 3.2) in units of turns: sinks stay and the oldest turns leave, whole unless
 * more than another chunk of one can stay. That one loses the beginning of its message, and when that is gone, of its
 * answer; the role headers stay, so that nobody's words become another's. The newest turn loses any only when all
 * others are gone. The paper evicts one token per step; here at least `chunk` tokens leave at once, because every
 * eviction costs one re-rotation of all keys.
 */
export function streamingPolicy(chunk: number): CachePolicy {
  return { name: 'streaming', evict: inChunks(chunk, oldestTurnsFirst(chunk)), remaining: 'shift' };
}

/** Window attention: the oldest tokens leave, sinks or not. The baseline that collapses. */
export function windowPolicy(chunk: number): CachePolicy {
  return { name: 'window', evict: inChunks(chunk, oldestTokensFirst), remaining: 'shift' };
}

/**
 * Sliding window with re-computation: as good as streaming and slower by the length of the window. Sinks stay, since a
 * prompt that is read anew begins with what the model wants at the beginning.
 */
export function recomputePolicy(): CachePolicy {
  return { name: 'recompute', evict: inChunks(1, oldestTokensBehindSinks), remaining: 'recompute' };
}

/** Dense attention: nothing ever leaves by itself, so it ends when the cache is full. */
export function densePolicy(remaining: CachePolicy['remaining'] = 'shift'): CachePolicy {
  return { name: 'dense', evict: () => [], remaining };
}

/**
 * For architectures whose positions cannot be shifted: the cache has to be computed anew after every eviction, so
 * this evicts seldom and much, down to half the capacity.
 *
 * @param chunk fewest tokens of a turn that are worth keeping without its beginning.
 */
export function rebasePolicy(chunk: number): CachePolicy {
  const evict: EvictionPolicy = (segments, capacity, incoming) => {
    const needed = usedTokens(segments) + incoming - capacity;
    return needed > 0 ? oldestTurnsFirst(chunk)(segments, needed, needed + Math.ceil(capacity / 2)) : [];
  };
  return { name: 'rebase', evict, remaining: 'recompute' };
}

/** Chooses what frees what is `needed`, and up to what is `wanted` if that costs no more. */
type Choice = (segments: readonly Segment[], needed: number, wanted: number) => readonly TokenRange[];

function inChunks(chunk: number, choice: Choice): EvictionPolicy {
  return (segments, capacity, incoming) => {
    const needed = usedTokens(segments) + incoming - capacity;
    return needed > 0 ? choice(segments, needed, Math.max(needed, chunk)) : [];
  };
}

/**
 * Turns, oldest first, until `wanted` tokens are free: whole, unless more than `worthKeeping` tokens of one can stay
 * besides its headers; the inside of the newest one only when that is needed.
 */
function oldestTurnsFirst(worthKeeping: number): Choice {
  return (segments, needed, wanted) => {
    const turns = segments.filter((segment) => segment.kind === 'turn');
    const ranges: TokenRange[] = [];
    let freed = 0;
    for (const turn of turns) {
      const isNewest = turn === turns.at(-1);
      if (freed >= (isNewest ? needed : wanted)) break;
      const inside = evictableIn(turn);
      const missing = wanted - freed;
      const leavesWhole = !isNewest && tokensIn(inside) - missing <= worthKeeping;
      const leaving = (leavesWhole ? [rangeOf(turn)] : firstOf(inside, missing)).filter(({ start, end }) => start < end);
      ranges.push(...leaving);
      freed += tokensIn(leaving);
    }
    return ranges;
  };
}

/** The first `tokens` positions of the ranges, or as many as there are. */
function firstOf(ranges: readonly TokenRange[], tokens: number): readonly TokenRange[] {
  let left = tokens;
  return ranges.flatMap(({ start, end }) => {
    const first = { start, end: Math.min(end, start + left) };
    left -= first.end - first.start;
    return first.start < first.end ? [first] : [];
  });
}

function tokensIn(ranges: readonly TokenRange[]): number {
  return ranges.reduce((sum, { start, end }) => sum + end - start, 0);
}

const oldestTokensFirst: Choice = (segments, _needed, wanted) => [{ start: 0, end: Math.min(wanted, usedTokens(segments)) }];

const oldestTokensBehindSinks: Choice = (segments, _needed, wanted) => {
  const start = tokensIn(segments.filter(({ kind }) => kind === 'sink').map(rangeOf));
  return [{ start, end: Math.min(start + wanted, usedTokens(segments)) }];
};
