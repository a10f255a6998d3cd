import { isBlank, reindent } from './indent.ts';

/**
 * Code as it is inserted at a cursor: in the unit that the document is indented with, as deep as the line of the cursor.
 *
 * @param before what stands in that line before the cursor; where that is white space, the code takes its place.
 * @param around lines of the document.
 */
export function codeAtCursor(code: string, before: string, around: readonly string[]): string {
  const written = code.split(/\r\n|\r|\n/);
  const lines = reindent(written, { source: written, target: [], around });
  const [space = ''] = /^[ \t]*/.exec(before) ?? [];
  const [first = '', ...others] = lines;
  const beginning = isBlank(before) ? indented(first, space) : first.trimStart();
  return [beginning, ...others.map((line) => indented(line, space))].join('\n');
}

function indented(line: string, space: string): string {
  return isBlank(line) ? line : space + line;
}
