import type { Segment, TokenRange } from '../../shared/cache-layout.ts';
import { overlap, rangeOf, usedTokens } from './segments.ts';

/** Part of the window that what is pinned may take, … */
const MOST_PINNED = 1 / 2;
/** … and what it may take together with the sinks, so that there is room for messages and answers. */
const MOST_FIXED = 3 / 4;

/** Longest message that leaves room for its answer; what is drafted counts as a part of it. @param ahead the room for the answer. */
export function longestMessage(segments: readonly Segment[], capacity: number, ahead: number): number {
  return capacity - usedTokens(segments.filter(({ kind }) => kind === 'sink' || kind === 'pinned')) - ahead;
}

/** What has to stay even if everything else leaves: sinks, pins, what is drafted, and the headers of the newest turn. */
export function unevictable(segments: readonly Segment[]): number {
  const newest = segments.at(-1);
  const headers = newest?.kind === 'turn' ? newest.header + newest.answerHeader : 0;
  return usedTokens(segments.filter(({ kind }) => kind !== 'turn')) + headers;
}

/** Tokens that are pinned, the instructions among them. */
export function pinnedTokens(segments: readonly Segment[]): number {
  return usedTokens(segments.filter(({ kind }) => kind === 'pinned'));
}

/** How many tokens may be pinned. */
export function mostPinned(segments: readonly Segment[], capacity: number): number {
  const sinks = usedTokens(segments.filter(({ kind }) => kind === 'sink'));
  return Math.floor(Math.min(capacity * MOST_PINNED, capacity * MOST_FIXED - sinks));
}

/** All turns but the newest ones and those that are pinned. */
export function olderTurns(segments: readonly Segment[], newest: number): readonly TokenRange[] {
  const turns = segments.filter(({ turnId, tokens }) => turnId !== undefined && tokens > 0);
  const older = turns.slice(0, Math.max(0, turns.length - newest));
  return older.filter(({ kind }) => kind === 'turn').map(rangeOf);
}

/** Turns that have something in one of the ranges. */
export function turnsWithin(segments: readonly Segment[], ranges: readonly TokenRange[]): readonly number[] {
  return segments.flatMap((segment) => (segment.turnId !== undefined && overlap(rangeOf(segment), ranges) > 0 ? [segment.turnId] : []));
}
