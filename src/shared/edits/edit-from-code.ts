import { pathInComment } from '../code/path-mentions.ts';
import { hasBlocks, parseAnswer } from './answer-parser.ts';
import { blockReplacements } from './block-edit.ts';
import { nameOf, wholeBlocksOf, type Declaration } from './declarations.ts';
import { applyDiff, isUnifiedDiff, type DiffRefusal } from './diff-edit.ts';
import { isElided, type EditRefusal, type EditTarget, type Replacement } from './edit-target.ts';
import { fragmentReplacements, type FragmentRefusal } from './fragment-edit.ts';
import { isBlank } from './indent.ts';
import { essenceOf } from './likeness.ts';
import { hunksBetween } from './line-diff.ts';
import { withoutBlankEnds } from './locate.ts';
import { withReplacements } from './replacements.ts';
import { fitted } from './whole-edit.ts';

export type CodeRefusal = EditRefusal | DiffRefusal | FragmentRefusal;

export type CodeOutcome =
  { readonly kind: 'edited'; readonly lines: readonly string[] } | { readonly kind: 'refused'; readonly reason: CodeRefusal };

/** A file that some code of an answer is meant for. */
export interface CodeTarget extends Pick<EditTarget, 'lines' | 'language'> {
  /** As an answer would name it. */
  readonly path: string;
  /** What it declares, by whoever knows its language; none where nobody does. */
  readonly declarations: readonly Declaration[];
}

/** Part of a file that stays when the whole of it is written anew. */
const KEPT = 1 / 2;

const BEGINNING = /^\s*(?:import|from|use|using|package|#include|#!|<!doctype|<\?|---)/i;

/**
 * Turns a block of code of an answer into the changed file: a diff, search/replace blocks, the whole file, or a part of it that
 * has a place. What is not clear is refused.
 *
 * @param language as the fence says it.
 * @returns all lines of the file.
 */
export function editFromCode(target: CodeTarget, code: string, language: string): CodeOutcome {
  const edited = editedLines(target, code.split(/\r\n|\r|\n/), language);
  if (typeof edited === 'string') return { kind: 'refused', reason: edited };
  const lines = endedAs(target.lines, edited);
  const isSame = lines.length === target.lines.length && lines.every((line, at) => line === target.lines[at]);
  return isSame ? { kind: 'refused', reason: 'unchanged' } : { kind: 'edited', lines };
}

function editedLines(target: CodeTarget, code: readonly string[], language: string): readonly string[] | CodeRefusal {
  const { lines } = target;
  if (isUnifiedDiff(code, language)) return applyDiff(lines, code, target.path);
  const replacements = hasBlocks(code) ? fromBlocks(target, code) : fromText(target, code);
  return typeof replacements === 'string' ? replacements : withReplacements(lines, replacements);
}

function fromBlocks(target: CodeTarget, code: readonly string[]): readonly Replacement[] | EditRefusal {
  const parsed = parseAnswer(code.join('\n'), target.language);
  return parsed.kind === 'blocks' ? blockReplacements(whole(target), parsed.blocks) : 'truncated';
}

function fromText(target: CodeTarget, code: readonly string[]): readonly Replacement[] | CodeRefusal {
  const written = withoutBlankEnds(withoutPath(target.lines, code));
  if (written.length === 0) return 'no-code';
  if (isElided(written, target.lines)) return 'elided';
  const edit = whole(target);
  if (!isWhole(target, written)) return fragmentReplacements(edit, written, target.declarations);
  return [{ range: edit.range, lines: fitted(target.lines, written, edit) }];
}

function whole({ lines, language }: CodeTarget): EditTarget {
  return { lines, range: { start: 0, end: lines.length }, language };
}

/** Without the comment that names the file, unless the file begins with it. */
function withoutPath(former: readonly string[], code: readonly string[]): readonly string[] {
  if (pathInComment(code.join('\n')) === undefined) return code;
  const at = code[0]?.startsWith('#!') ? 1 : 0;
  return former[at]?.trim() === code[at]?.trim() ? code : code.toSpliced(at, 1);
}

/**
 * Whether a text is the whole file anew: it begins as the file does, has all that the file declares, and keeps half of its lines. An
 * empty file is anything.
 */
function isWhole({ lines, language }: CodeTarget, written: readonly string[]): boolean {
  const former = lines.filter((line) => !isBlank(line));
  if (former.length === 0) return true;
  const essence = (line: string): string => essenceOf(line, 'indentation');
  const [first = '', own = ''] = [former[0], written[0]];
  const beginsAlike = essence(first) === essence(own) || (BEGINNING.test(first) && BEGINNING.test(own));
  if (!beginsAlike) return false;
  const names = new Set(wholeBlocksOf(written, language).map(({ start }) => nameOf(written[start] ?? '')));
  if (!wholeBlocksOf(lines, language).every(({ start }) => names.has(nameOf(lines[start] ?? '')))) return false;
  const removed = hunksBetween(former.map(essence), written.filter((line) => !isBlank(line)).map(essence)).flatMap((hunk) => hunk.removed);
  return removed.length <= former.length * (1 - KEPT);
}

/** A file ends with a line end if it did before, and only then. */
function endedAs(former: readonly string[], lines: readonly string[]): readonly string[] {
  if (former.at(-1) === '') return lines.at(-1) === '' ? lines : [...lines, ''];
  return lines.length > 1 && lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}
