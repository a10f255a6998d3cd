import type { Turn } from '../../shared/protocol/turn.ts';

/** A run of turns: the indexes of the first, and behind the last. */
export interface Run {
  readonly from: number;
  readonly to: number;
}

/** How much of a page is drawn in a frame, so that scrolling stays smooth meanwhile: turns, and UTF-16 units of their text. */
const MOST_TURNS = 8;
const MOST_TEXT = 4_000;

/** Which of the turns are drawn. A page that has come is drawn from where the reader is towards its end, some turns in a frame. */
export class DrawnTurns {
  #first = Infinity;
  #last = -Infinity;

  /** What of the turns is drawn already; empty where none of them are. */
  within(turns: readonly Turn[]): Run {
    const from = turns.findIndex(({ id }) => id >= this.#first);
    const to = turns.findLastIndex(({ id }) => id <= this.#last) + 1;
    return from < 0 || to <= from ? { from: 0, to: 0 } : { from, to };
  }

  /**
   * Adds a few: those behind what is drawn before those in front of it.
   *
   * @param start the turn to begin with when none of them are drawn; the last, if it is none of them.
   */
  grow(turns: readonly Turn[], start: number | undefined): Run {
    const run = grown(turns, this.within(turns), start);
    this.#first = turns[run.from]?.id ?? Infinity;
    this.#last = turns[run.to - 1]?.id ?? -Infinity;
    return run;
  }
}

function grown(turns: readonly Turn[], { from, to }: Run, start: number | undefined): Run {
  if (from < to && to < turns.length) return { from, to: to + slice(turns.slice(to)) };
  if (from < to) return { from: from - slice(turns.slice(0, from).reverse()), to };
  const at = turns.findIndex(({ id }) => id === start);
  return at >= 0 ? { from: at, to: at + slice(turns.slice(at)) } : { from: turns.length - slice(turns.toReversed()), to: turns.length };
}

/** How many of these turns are drawn at once; one at least, if there is one. */
function slice(turns: readonly Turn[]): number {
  let text = 0;
  const end = turns.findIndex(({ message, answer }, index) => index === MOST_TURNS || (text += message.length + answer.length) > MOST_TEXT);
  return end < 0 ? turns.length : Math.max(end, 1);
}
