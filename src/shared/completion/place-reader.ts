import type { CompletionPlace } from '../protocol/completion.ts';

/** The part of a document that is read, in the words of VS Code. */
export interface ReadableDocument {
  readonly lineCount: number;
  lineAt(line: number): { readonly text: string };
}

/** Line and character, both from 0. */
export interface ReadablePosition {
  readonly line: number;
  readonly character: number;
}

/** What is chosen in a list of suggestions, and the part of its line that it would replace. */
export interface SelectedText {
  readonly range: { readonly start: ReadablePosition; readonly end: ReadablePosition };
  readonly text: string;
}

/** Most characters before the cursor and behind it: a request costs the same in a file of any length. */
const CHARS_BEFORE = 16_000;
const CHARS_BEHIND = 4_000;
/** What stands before the cursor in a longer line begins at a multiple of so many characters. */
const CHARS_STEP = 4_000;

/**
 * The text before the cursor begins at a line whose number is a multiple of the first of these with which it is not too
 * long, so that it begins alike key after key.
 */
const STEPS = [64, 8, 1] as const;
/** So many of the largest steps at most before the cursor's own, and lines behind it. */
const STEPS_BEFORE = 4;
const LINES_BEHIND = 96;

/**
 * Reads what stands around the cursor, line by line and no more than is of use.
 *
 * @param selected what is chosen in the list of suggestions: it is taken to be typed.
 */
export function readPlace(
  document: ReadableDocument,
  position: ReadablePosition,
  { selected, ...place }: Omit<CompletionPlace, 'before' | 'after'> & { readonly selected?: SelectedText | undefined },
): CompletionPlace {
  const line = document.lineAt(position.line).text;
  const typed = selected ? line.slice(0, selected.range.start.character) + selected.text : line.slice(0, position.character);
  const end = Math.max(position.character, selected?.range.end.character ?? 0);
  return {
    ...place,
    before: textBefore(
      document,
      position.line,
      typed.slice(Math.max(0, Math.ceil((typed.length - CHARS_BEFORE) / CHARS_STEP)) * CHARS_STEP),
    ),
    after: textBehind(document, position.line, line.slice(end, end + CHARS_BEHIND)),
  };
}

function textBefore(document: ReadableDocument, line: number, own: string): string {
  const lines: string[] = [];
  let left = CHARS_BEFORE - own.length;
  const farthest = (Math.floor(line / STEPS[0]) - STEPS_BEFORE) * STEPS[0];
  for (let at = line - 1; at >= Math.max(0, farthest); at--) {
    const { text } = document.lineAt(at);
    left -= text.length + 1;
    if (left < 0) break;
    lines.unshift(text);
  }
  const first = firstLine(line - lines.length, line);
  return [...lines.slice(lines.length - (line - first)), own].join('\n');
}

/** The first line from `fitting` on at which a text may begin that ends in `line`. */
function firstLine(fitting: number, line: number): number {
  return STEPS.map((step) => Math.ceil(fitting / step) * step).find((first) => first <= line) ?? line;
}

function textBehind(document: ReadableDocument, line: number, own: string): string {
  const last = Math.min(document.lineCount - 1, line + LINES_BEHIND);
  const lines: string[] = [own];
  let left = CHARS_BEHIND - own.length;
  for (let at = line + 1; at <= last; at++) {
    const { text } = document.lineAt(at);
    left -= text.length + 1;
    if (left < 0) break;
    lines.push(text);
  }
  return lines.join('\n');
}
