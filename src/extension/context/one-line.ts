/** What would break a line, or change the direction in which what stands beside it is read. */
const DISTURBING = /[\p{Cc}\p{Zl}\p{Zp}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu;

/** A name that somebody else has chosen, such as that of a file, for a line of text. It keeps its length. */
export function onOneLine(name: string): string {
  return name.replaceAll(DISTURBING, '\uFFFD');
}
