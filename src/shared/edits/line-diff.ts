import { diffArrays } from 'diff';
import { essenceOf, type Strictness } from './likeness.ts';

/** Lines that take the place of others, at a line of the former text (from 0). */
export interface Hunk {
  readonly start: number;
  readonly removed: readonly string[];
  readonly added: readonly string[];
}

/** The fewest changes that make some lines of others (Myers 1986, by the library `diff`), in order. */
export function hunksBetween(former: readonly string[], lines: readonly string[]): readonly Hunk[] {
  const hunks: Hunk[] = [];
  let at = 0;
  let open: { readonly start: number; readonly removed: string[]; readonly added: string[] } | undefined;
  for (const { value, added, removed } of diffArrays([...former], [...lines])) {
    if (!added && !removed) {
      if (open) hunks.push(open);
      open = undefined;
      at += value.length;
      continue;
    }
    open ??= { start: at, removed: [], added: [] };
    (added ? open.added : open.removed).push(...value);
    if (removed) at += value.length;
  }
  return open ? [...hunks, open] : hunks;
}

/**
 * The new lines, but those that only look other than the former ones are as they were: what a model cannot see, such as white
 * space at the end of a line, it does not mean to change.
 */
export function keepAlike(former: readonly string[], lines: readonly string[], strictness: Strictness): readonly string[] {
  const essence = (line: string): string => essenceOf(line, strictness).normalize('NFC');
  const kept: string[] = [];
  let at = 0;
  const comparator = (one: string, other: string): boolean => essence(one) === essence(other);
  for (const { value, added, removed } of diffArrays([...former], [...lines], { comparator })) {
    if (added) kept.push(...value);
    else {
      if (!removed) kept.push(...former.slice(at, at + value.length));
      at += value.length;
    }
  }
  return kept;
}
