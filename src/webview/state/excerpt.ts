import type { Turn } from '../../shared/protocol/turn.ts';
import { withTurns } from '../../shared/turns.ts';

/** A part of the transcript without gaps. */
export interface Excerpt {
  /** Ascending by id. */
  readonly turns: readonly Turn[];
  readonly hasEarlier: boolean;
  readonly hasLater: boolean;
}

export const NO_TURNS: Excerpt = { turns: [], hasEarlier: false, hasLater: false };

/** Turns that are shown at once, however long the transcript is. What is beyond is loaded when the reader gets there. */
export const MOST_TURNS = 200;

/** Whether a turn would be in the excerpt if it were still in the transcript, and is not. What lies beyond may be there. */
export function lacks({ turns, hasEarlier, hasLater }: Excerpt, turnId: number): boolean {
  const [first, last] = [turns[0], turns.at(-1)];
  const isBehindStart = !hasEarlier || (first !== undefined && turnId > first.id);
  const isBeforeEnd = !hasLater || (last !== undefined && turnId < last.id);
  return isBehindStart && isBeforeEnd && !turns.some(({ id }) => id === turnId);
}

/** The excerpt with a page in front of it, without what is then too far away at its end. A page for another place is none of its. */
export function before(
  excerpt: Excerpt,
  page: { readonly before: number; readonly turns: readonly Turn[]; readonly hasEarlier: boolean },
): Excerpt {
  if (excerpt.turns[0]?.id !== page.before) return excerpt;
  const turns = withTurns(excerpt.turns, page.turns);
  return { turns: turns.slice(0, MOST_TURNS), hasEarlier: page.hasEarlier, hasLater: excerpt.hasLater || turns.length > MOST_TURNS };
}

/** The same with a page behind it. */
export function behind(
  excerpt: Excerpt,
  page: { readonly after: number | undefined; readonly turns: readonly Turn[]; readonly hasLater: boolean },
): Excerpt {
  if (excerpt.turns.at(-1)?.id !== page.after) return excerpt;
  const turns = withTurns(excerpt.turns, page.turns);
  return { turns: turns.slice(-MOST_TURNS), hasEarlier: excerpt.hasEarlier || turns.length > MOST_TURNS, hasLater: page.hasLater };
}

/**
 * What is shown when the end of the transcript has been told anew: what lies before it stays where the two meet, and what lies
 * elsewhere stays as it is. An end that has nothing before it is all there is.
 */
export function joined(excerpt: Excerpt, newest: Excerpt): Excerpt {
  const first = newest.turns[0];
  if (!first || !newest.hasEarlier || excerpt.turns.length === 0) return newest;
  if (excerpt.hasLater) return excerpt;
  const meets = excerpt.turns.some(({ id }) => id === first.id);
  if (!meets) return newest;
  const earlier = excerpt.turns.filter(({ id }) => id < first.id);
  return { ...newest, turns: [...earlier, ...newest.turns], hasEarlier: earlier.length > 0 ? excerpt.hasEarlier : newest.hasEarlier };
}
