import type { Segment, TokenRange } from '../../shared/cache-layout.ts';
import { rangeOf, usedTokens } from './segments.ts';

/**
 * Decides what leaves the cache so that `incoming` more tokens fit into `capacity`. Pure: the same segments give the
 * same ranges, and nothing is evicted without need. Ranges are ascending and do not touch sinks or pins. When even
 * evicting all it may is not enough, it returns that much, and the caller finds there is no room.
 */
export type EvictionPolicy = (segments: readonly Segment[], capacity: number, incoming: number) => readonly TokenRange[];

/**
 * The rolling cache of StreamingLLM (Xiao et al. 2024, section 3.2) in units of turns: sinks stay, the oldest turns
 * leave whole, and the newest turn loses tokens from its inside, behind its role header, only when it alone is too
 * large. The paper evicts one token per step; here at least `chunk` tokens leave at once, because every eviction costs
 * one re-rotation of all keys.
 */
export function streamingPolicy(chunk: number): EvictionPolicy {
  return (segments, capacity, incoming) => {
    const need = usedTokens(segments) + incoming - capacity;
    return need > 0 ? oldestFirst(segments, need, Math.max(need, chunk)) : [];
  };
}

/**
 * For architectures whose positions cannot be shifted: the cache has to be computed anew after every eviction, so
 * this evicts seldom and much, down to half the capacity.
 */
export function rebasePolicy(): EvictionPolicy {
  return (segments, capacity, incoming) => {
    const excess = usedTokens(segments) + incoming - capacity;
    return excess > 0 ? oldestFirst(segments, excess, excess + Math.ceil(capacity / 2)) : [];
  };
}

/** Whole turns, oldest first, until `wanted` tokens are free; inside the newest one only for what is truly needed. */
function oldestFirst(segments: readonly Segment[], needed: number, wanted: number): readonly TokenRange[] {
  const turns = segments.filter((segment) => segment.kind === 'turn');
  const newest = turns.at(-1);
  const ranges: TokenRange[] = [];
  let freed = 0;
  for (const turn of turns.slice(0, -1)) {
    if (freed >= wanted) break;
    ranges.push(rangeOf(turn));
    freed += turn.tokens;
  }
  if (freed < needed && newest && newest.tokens > newest.header) {
    const start = newest.start + newest.header;
    const tokens = Math.min(wanted - freed, newest.tokens - newest.header);
    ranges.push({ start, end: start + tokens });
  }
  return ranges;
}
