import { isBlank } from './indent.ts';
import { hunksBetween } from './line-diff.ts';
import type { LineRange } from './locate.ts';

/** Part of the lines of both that a text has in common with what it takes the place of. */
const LEAST_LIKENESS = 1 / 2;
/** Places that are compared line by line. Where that is not enough, nobody could tell them apart. */
const MOST_COMPARED = 300;

interface Bounded {
  readonly range: LineRange;
  /** What it has in common with the text at most. */
  readonly most: number;
}

/**
 * The place of a file that is most like a text, or those that are equally so; none where no place has half of its lines, and all
 * of them where too many are too much alike to tell.
 */
export function likestPlaces(lines: readonly string[], places: readonly LineRange[], written: readonly string[]): readonly LineRange[] {
  const own = plain(written);
  let best: readonly LineRange[] = [];
  let highest = LEAST_LIKENESS;
  // Comparing in order costs much more than counting: only what can still be the best is compared.
  for (const [at, { range, most }] of bounded(lines, places, own).entries()) {
    if (most < highest) break;
    if (at === MOST_COMPARED) return places;
    const rating = likeness(plain(lines.slice(range.start, range.end)), own);
    if (rating < highest) continue;
    best = rating > highest ? [range] : [...best, range];
    highest = rating;
  }
  return best;
}

function plain(lines: readonly string[]): readonly string[] {
  return lines.filter((line) => !isBlank(line)).map((line) => line.trim());
}

/** What two texts have in common in their order, as a share of the lines of both. */
function likeness(one: readonly string[], other: readonly string[]): number {
  const changed = hunksBetween(one, other).reduce((sum, { removed, added }) => sum + removed.length + added.length, 0);
  const all = one.length + other.length;
  return (all - changed) / all;
}

/** The places, with what they have in common in whatever order the lines stand, which is as much at least; the likest first. */
function bounded(lines: readonly string[], places: readonly LineRange[], own: readonly string[]): readonly Bounded[] {
  const texts = lines.map((line) => line.trim());
  const byStart = Map.groupBy(places, ({ start }) => start);
  const found = [...byStart].flatMap(([start, here]) => {
    const left = countOf(own);
    let [at, length, common] = [start, 0, 0];
    return here
      .toSorted((one, other) => one.end - other.end)
      .map((range) => {
        for (; at < range.end; at++) {
          const text = texts[at] ?? '';
          if (text === '') continue;
          length++;
          const count = left.get(text) ?? 0;
          if (count > 0) common++;
          left.set(text, count - 1);
        }
        return { range, most: (2 * common) / (length + own.length) };
      });
  });
  return found.toSorted((one, other) => other.most - one.most);
}

function countOf(lines: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1);
  return counts;
}
