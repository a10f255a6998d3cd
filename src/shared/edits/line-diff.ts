import { diffArrays, type ChangeObject } from 'diff';
import { essenceOf, type Strictness } from './likeness.ts';

/** Lines that take the place of others, at a line of the former text (from 0). */
export interface Hunk {
  readonly start: number;
  readonly removed: readonly string[];
  readonly added: readonly string[];
}

/**
 * Lines that come or go in the largest change whose hunks are looked for one by one. Beyond it, where the time would grow with their square,
 * all between the lines that both texts begin and end with is one hunk.
 */
const MOST_CHANGED = 2_000;

/** The fewest changes that make some lines of others (Myers 1986, by the library `diff`), in order. */
export function hunksBetween(former: readonly string[], lines: readonly string[]): readonly Hunk[] {
  const hunks: Hunk[] = [];
  let at = 0;
  let open: { readonly start: number; readonly removed: string[]; readonly added: string[] } | undefined;
  for (const { value, added, removed } of changesBetween(former, lines)) {
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
  for (const { value, added, removed } of changesBetween(former.map(essence), lines.map(essence))) {
    if (added) kept.push(...lines.slice(kept.length, kept.length + value.length));
    else {
      if (!removed) kept.push(...former.slice(at, at + value.length));
      at += value.length;
    }
  }
  return kept;
}

function changesBetween(former: readonly string[], lines: readonly string[]): readonly ChangeObject<readonly string[]>[] {
  const changes = diffArrays([...former], [...lines], { maxEditLength: MOST_CHANGED });
  return changes ?? allBetweenEnds(former, lines);
}

function allBetweenEnds(former: readonly string[], lines: readonly string[]): readonly ChangeObject<readonly string[]>[] {
  const most = Math.min(former.length, lines.length);
  let head = 0;
  while (head < most && former[head] === lines[head]) head++;
  let tail = 0;
  while (tail < most - head && former.at(-1 - tail) === lines.at(-1 - tail)) tail++;
  const part = (value: readonly string[], change?: 'added' | 'removed'): ChangeObject<readonly string[]> => ({
    value,
    count: value.length,
    added: change === 'added',
    removed: change === 'removed',
  });
  return [
    part(former.slice(0, head)),
    part(former.slice(head, former.length - tail), 'removed'),
    part(lines.slice(head, lines.length - tail), 'added'),
    part(former.slice(former.length - tail)),
  ].filter(({ value }) => value.length > 0);
}
