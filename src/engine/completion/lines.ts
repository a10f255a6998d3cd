import { withoutQuoted } from '../../shared/completion/quotes.ts';

/** The first line of a text, without its line break. */
export function firstLineOf(text: string): string {
  const end = text.indexOf('\n');
  return end < 0 ? text : text.slice(0, end);
}

/** The last line of a text: what stands behind its last line break. */
export function lastLineOf(text: string): string {
  return text.slice(text.lastIndexOf('\n') + 1);
}

/** White space at the start of a line. */
export function indentationOf(line: string): string {
  return /^[ \t]*/.exec(line)?.[0] ?? '';
}

export function isBlank(text: string): boolean {
  return text.trim() === '';
}

/** The last line before the cursor's own that is not blank. */
export function lineAbove(before: string): string {
  return (
    before
      .split('\n')
      .slice(0, -1)
      .findLast((line) => !isBlank(line)) ?? ''
  );
}

/** The first line behind the cursor's own that is not blank. */
export function lineBelow(after: string): string {
  return (
    after
      .split('\n')
      .slice(1)
      .find((line) => !isBlank(line)) ?? ''
  );
}

/** Opening minus closing brackets that are not quoted: below zero when more are closed. */
export function bracketDepth(text: string): number {
  let depth = 0;
  for (const char of withoutQuoted(text)) {
    if ('([{'.includes(char)) depth++;
    else if (')]}'.includes(char)) depth--;
  }
  return depth;
}
