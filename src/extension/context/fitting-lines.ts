/** What is to fit. */
export interface Fit {
  readonly total: number;
  /** Tokens that it may have. */
  readonly room: number;
  /** Where so many lines begin, from 0 on. */
  readonly firstOf: (lines: number) => number;
  /** How many tokens so many lines have, from there on. */
  readonly count: (first: number, lines: number) => Promise<number>;
}

/** So much of what is guessed is tried, since lines are not all alike. */
const CAUTION = 0.95;

/**
 * How many lines fit, nearly. Counting is dear, so a guess is made from what was counted last until it fits; most often that
 * takes two or three counts.
 *
 * @returns 0 when not even one line fits.
 */
export async function linesThatFit({ total, room, firstOf, count }: Fit): Promise<number> {
  let lines = total;
  while (lines > 0) {
    const tokens = await count(firstOf(lines), lines);
    if (tokens <= room) return lines;
    lines = Math.min(lines - 1, Math.floor((lines * room * CAUTION) / tokens));
  }
  return 0;
}
