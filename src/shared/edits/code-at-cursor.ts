import { isBlank, reindent } from './indent.ts';

/** A line that code is inserted into. */
export interface CursorLine {
  /** What stands before the cursor; where that is white space, the code takes its place. */
  readonly before: string;
  /** What stands behind it, or behind what is selected. */
  readonly after: string;
}

export interface InsertedCode {
  readonly code: string;
  /** What comes between the code and the text behind the cursor, so that several lines do not run into it. */
  readonly gap: string;
}

/**
 * Code as it is inserted at a cursor: in the unit that the document is indented with, as deep as the line of the cursor.
 *
 * @param around lines of the document.
 */
export function codeAtCursor(code: string, { before, after }: CursorLine, around: readonly string[]): InsertedCode {
  const written = code.split(/\r\n|\r|\n/);
  const [first = '', ...others] = reindent(written, { source: written, target: [], around });
  const standsAbove = isBlank(before) && !isBlank(after) && others.length > 0;
  const [space = ''] = /^[ \t]*/.exec(standsAbove ? before + after : before) ?? [];
  const beginning = isBlank(before) ? indented(first, space) : first.trimStart();
  return { code: [beginning, ...others.map((line) => indented(line, space))].join('\n'), gap: standsAbove ? `\n${before}` : '' };
}

function indented(line: string, space: string): string {
  return isBlank(line) ? line : space + line;
}
