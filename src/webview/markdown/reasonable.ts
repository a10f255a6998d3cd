/** Longest paragraph or table that is parsed, and longest line, in UTF-16 units; nothing that people write comes near. */
export const LONGEST_PROSE = 20_000;
/** Quotes and lists nested deeper than this in one line. */
const TOO_DEEP = /^(?:[ \t]*(?:>|(?:[-*+]|\d{1,9}[.)])[ \t])){20}/m;

/** Where the first line begins for which the parser takes quadratic time or endless recursion; less than 0 when there is none. */
export function firstUnreasonableLine(text: string): number {
  const deep = text.search(TOO_DEEP);
  let start = 0;
  while (start <= text.length) {
    const end = text.indexOf('\n', start);
    if ((end < 0 ? text.length : end) - start > LONGEST_PROSE) return deep < 0 ? start : Math.min(start, deep);
    if (end < 0) break;
    start = end + 1;
  }
  return deep;
}
