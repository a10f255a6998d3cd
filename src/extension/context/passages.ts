import { cutText } from '../../shared/cut-text.ts';
import { fenced } from '../../shared/fence.ts';

/** UTF-16 units of a passage in a message; more would fill most windows by itself. */
export const LONGEST_PASSAGE = 16 * 1024;

/** A piece of a document. */
export interface Excerpt {
  readonly path: string;
  readonly languageId: string;
  readonly text: string;
  /** Number of its first line, from 1 on. */
  readonly firstLine: number;
}

/** What a tool has to say about a place in a document. */
export interface Problem {
  /** From 1 on. */
  readonly line: number;
  readonly column: number;
  readonly severity: 'error' | 'warning' | 'information';
  readonly message: string;
  /** Who says so, with the number of the complaint; empty where that is not known. */
  readonly source: string;
  /** The line as it stands in the document. */
  readonly lineText: string;
}

/**
 * An excerpt, fenced, under its path and lines.
 *
 * @param cutNote says that the rest of so many lines is left out: one that is too long is then cut behind a whole line.
 */
export function excerptPassage({ path, languageId, text, firstLine }: Excerpt, cutNote: ((lines: number) => string) | undefined): string {
  const cut = cutText(text, cutNote ? LONGEST_PASSAGE : Infinity);
  const lastLine = firstLine + linesIn(cut.text) - 1;
  const lines = lastLine > firstLine ? `${firstLine}-${lastLine}` : String(firstLine);
  const note = cutNote && cut.isCut ? ` (${cutNote(linesIn(text))})` : '';
  return `${path}:${lines}${note}\n${fenced(cut.text, languageId === 'plaintext' ? '' : languageId)}`;
}

/** What a passage is made of: what stands before the fence, what the fence says of its inside, and the inside. */
export interface PassageParts {
  readonly title: string;
  readonly info: string;
  readonly lines: readonly string[];
}

/** Takes a passage apart that was made here; undefined for what is none. */
export function passageParts(passage: string): PassageParts | undefined {
  const [title = '', opening = '', ...rest] = passage.split('\n');
  const [, fence, info = ''] = /^(`{3,})(.*)$/.exec(opening) ?? [];
  return fence !== undefined && rest.at(-1) === fence ? { title, info, lines: rest.slice(0, -1) } : undefined;
}

/**
 * Problems of a document as compilers print them, each with its line, under a title.
 *
 * @param cutNote says that the rest of so many problems is left out.
 */
export function problemsPassage(title: string, path: string, problems: readonly Problem[], cutNote: (problems: number) => string): string {
  const entries = problems
    .toSorted((one, other) => one.line - other.line || one.column - other.column)
    .map((problem) => entryOf(path, problem));
  const cut = cutText(entries.join(''), LONGEST_PASSAGE);
  const note = cut.isCut ? ` (${cutNote(problems.length)})` : '';
  return `${title}${note}\n${fenced(cut.text, '')}`;
}

function entryOf(path: string, { line, column, severity, message, source, lineText }: Problem): string {
  const said = source === '' ? message : `${message} [${source}]`;
  return `${path}:${line}:${column}: ${severity}: ${said}\n    ${lineText.trim()}\n`;
}

/** What stands behind the last line end is a line only if there is something. */
function linesIn(text: string): number {
  const lines = text.split(/\r\n|\r|\n/);
  return Math.max(1, lines.at(-1) === '' ? lines.length - 1 : lines.length);
}
