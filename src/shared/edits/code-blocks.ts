import { baseWidth, indentWidth, isBlank } from './indent.ts';
import { essenceOf } from './likeness.ts';
import type { LineRange } from './locate.ts';

/** What only closes what was opened above it. */
const CLOSER = /^\s*(?:[)\]}>;,]+|end|fi|done|esac)[;,]?\s*$/;

const HEADING = /^ {0,3}(#{1,6})\s/;

/** Begins something that has a name, and that nobody takes for a statement. */
const DECLARATION =
  /^\s*(?:@|(?:export|default|async|public|private|protected|static|abstract|final|override|pub|unsafe|virtual|inline)\b.*|(?:def|class|fn|func|fun|function|impl|struct|interface|trait|enum|namespace|module|type|object)\b)/;
const CONTAINER = /\b(?:class|interface|struct|enum|impl|trait|namespace|module|object|mod)\b/;

/** The blocks that lines consist of: each a line that is as little indented as any, with deeper ones below it; in Markdown, sections. */
export function blocksOf(lines: readonly string[], language: string): readonly LineRange[] {
  if (language === 'markdown') return sectionsOf(lines);
  const base = baseWidth(lines);
  const heads = [...lines.keys()].filter((at) => isHead(lines, at, base));
  return heads.map((start) => ({ start, end: endOf(lines, start, base) }));
}

/** The blocks inside a block. */
export function childrenOf(lines: readonly string[], { start, end }: LineRange, language: string): readonly LineRange[] {
  const isClosed = CLOSER.test(lines[end - 1] ?? '');
  const inside = lines.slice(start + 1, isClosed ? end - 1 : end);
  return blocksOf(inside, language).map((child) => ({ start: child.start + start + 1, end: child.end + start + 1 }));
}

export function isDeclaration(line: string): boolean {
  return DECLARATION.test(line);
}

/** Whether a line begins what holds declarations of its own. */
export function isContainer(line: string): boolean {
  return CONTAINER.test(line);
}

/** Whether two blocks begin alike, however they are indented. */
export function areSameHead(one: string | undefined, other: string | undefined): boolean {
  return one !== undefined && other !== undefined && essenceOf(one, 'indentation') === essenceOf(other, 'indentation');
}

function sectionsOf(lines: readonly string[]): readonly LineRange[] {
  const levels = lines.map((line) => HEADING.exec(line)?.[1]?.length ?? Infinity);
  const top = Math.min(...levels);
  const heads = [...lines.keys()].filter((at) => levels[at] === top && top < Infinity);
  return heads.map((start, at) => ({ start, end: heads[at + 1] ?? lines.length }));
}

function isHead(lines: readonly string[], at: number, base: number): boolean {
  const line = lines[at] ?? '';
  if (isBlank(line) || indentWidth(line) !== base || CLOSER.test(line)) return false;
  const below = lines.slice(at + 1).find((other) => !isBlank(other));
  return below !== undefined && indentWidth(below) > base;
}

function endOf(lines: readonly string[], start: number, base: number): number {
  const below = lines.slice(start + 1);
  const length = below.findIndex((line) => !isBlank(line) && indentWidth(line) <= base);
  if (length < 0) return start + 1 + below.findLastIndex((line) => !isBlank(line)) + 1;
  if (CLOSER.test(below[length] ?? '')) return start + 1 + length + 1;
  return start + 1 + below.slice(0, length).findLastIndex((line) => !isBlank(line)) + 1;
}
