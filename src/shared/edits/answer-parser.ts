import { isShell } from '../code/shell-commands.ts';

/** Lines of the code as they are, and what is to stand there instead. */
export interface SearchReplace {
  readonly search: readonly string[];
  readonly replace: readonly string[];
}

/** What a model's answer asks for: passages to be replaced, or one text for all that it was shown. */
export type ParsedAnswer =
  | { readonly kind: 'blocks'; readonly blocks: readonly SearchReplace[] }
  | { readonly kind: 'whole'; readonly lines: readonly string[] }
  | { readonly kind: 'unclear'; readonly reason: 'no-code' | 'truncated' | 'several-answers' };

const FENCE = /^(\s*)(`{3,}|~{3,})([^`]*)$/;
/** With its label: marks without one, or with a branch, are those of a conflict of Git that stands in the code. */
const SEARCH = /^ {0,3}<{5,9} ?(?:SEARCH|ORIGINAL)\b[^<>]*$/i;
const DIVIDER = /^ {0,3}={5,9}\s*$/;
const REPLACE = /^ {0,3}>{5,9} ?(?:REPLACE|UPDATED)?[^<>]*$/i;

/** How VS Code names the languages that shells are written in. */
const SHELL_SCRIPTS: ReadonlySet<string> = new Set(['shellscript', 'powershell', 'bat']);

/**
 * Reads what a model answered when it was asked to change code: search/replace blocks between conflict markers, or else the
 * one fenced block of its answer. What was broken off, or may be meant in two ways, is unclear.
 *
 * @param language of the document, by which a block that tells what to run is known to be code after all.
 */
export function parseAnswer(answer: string, language = ''): ParsedAnswer {
  const lines = answer.split(/\r\n|\r|\n/);
  return hasBlocks(lines) ? blocksIn(lines) : wholeIn(lines, language);
}

/** Whether lines say by their marks that they are search/replace blocks, whole or not. */
export function hasBlocks(lines: readonly string[]): boolean {
  return lines.some((line) => SEARCH.test(line));
}

function blocksIn(lines: readonly string[]): ParsedAnswer {
  const blocks: SearchReplace[] = [];
  let open: { readonly search: string[]; replace?: string[] } | undefined;
  for (const line of lines) {
    if (!open) {
      if (SEARCH.test(line)) open = { search: [] };
      else if (REPLACE.test(line)) return { kind: 'unclear', reason: 'truncated' };
    } else if (!open.replace) {
      if (DIVIDER.test(line)) open.replace = [];
      else if (SEARCH.test(line) || REPLACE.test(line)) return { kind: 'unclear', reason: 'truncated' };
      else open.search.push(line);
    } else if (REPLACE.test(line)) {
      blocks.push({ search: open.search, replace: open.replace });
      open = undefined;
    } else if (SEARCH.test(line) || DIVIDER.test(line)) {
      return { kind: 'unclear', reason: 'truncated' };
    } else {
      open.replace.push(line);
    }
  }
  return open || blocks.length === 0 ? { kind: 'unclear', reason: 'truncated' } : { kind: 'blocks', blocks };
}

interface Fenced {
  readonly language: string;
  readonly lines: readonly string[];
}

function wholeIn(lines: readonly string[], language: string): ParsedAnswer {
  const fenced = fencedIn(lines);
  if (!fenced) return { kind: 'unclear', reason: 'truncated' };
  const code = fenced.filter((block) => SHELL_SCRIPTS.has(language) || !isShell(block.language));
  const byText = new Map(code.map((block) => [block.lines.join('\n'), block.lines]));
  const texts = [...byText].filter(([text]) => text.trim() !== '');
  const [first, other] = texts;
  if (!first) return { kind: 'unclear', reason: 'no-code' };
  return other ? { kind: 'unclear', reason: 'several-answers' } : { kind: 'whole', lines: first[1] };
}

/**
 * The fenced blocks, much by the rules of CommonMark (0.31.2, section 4.5), without the indentation of their fences; `undefined`
 * when the last one is not closed.
 */
function fencedIn(lines: readonly string[]): readonly Fenced[] | undefined {
  const blocks: Fenced[] = [];
  let open: { readonly fence: string; readonly indent: number; readonly language: string; readonly lines: string[] } | undefined;
  for (const line of lines) {
    const [, space = '', fence = '', info = ''] = FENCE.exec(line) ?? [];
    if (!open) {
      const language = (/^\s*([\w+#-]*)/.exec(info)?.[1] ?? '').toLowerCase();
      if (fence) open = { fence, indent: space.length, language, lines: [] };
    } else if (fence.startsWith(open.fence) && info.trim() === '' && space.length <= open.indent + 3) {
      blocks.push({ language: open.language, lines: open.lines });
      open = undefined;
    } else {
      open.lines.push(line.replace(new RegExp(`^ {0,${open.indent}}`), ''));
    }
  }
  return open ? undefined : blocks;
}
