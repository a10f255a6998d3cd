import { isElision } from './elision.ts';
import type { LineRange } from './locate.ts';

/** What a model was asked to change. */
export interface EditTarget {
  /** Lines of the whole document, without line ends. */
  readonly lines: readonly string[];
  /** What may be changed. */
  readonly range: LineRange;
  /** As VS Code names it. */
  readonly language: string;
}

/**
 * Why an answer changes nothing: it has no code; was broken off; has several texts of which none is the one; leaves out what it
 * says stays; a passage it looks for is not there, or at several places; two passages overlap; it covers a part of what was to
 * be changed, or more, and which is not clear; or everything is as it was.
 */
export const EDIT_REFUSALS = [
  'no-code',
  'truncated',
  'several-answers',
  'elided',
  'not-found',
  'ambiguous',
  'overlapping',
  'partial',
  'unchanged',
] as const;
export type EditRefusal = (typeof EDIT_REFUSALS)[number];

/** Lines that take the place of others. */
export interface Replacement {
  readonly range: LineRange;
  readonly lines: readonly string[];
}

/** Whether lines stand for others that were left out, and did not stand there before. */
export function isElided(written: readonly string[], former: readonly string[]): boolean {
  const known = new Set(former.map((line) => line.trim()));
  return written.some((line) => isElision(line) && !known.has(line.trim()));
}

/** White space at the ends of lines says something in Markdown only. */
export function withoutLooseEnds(lines: readonly string[], { language }: EditTarget): readonly string[] {
  return language === 'markdown' ? lines : lines.map((line) => line.trimEnd());
}
