import { isBlank } from './indent.ts';
import { hunksBetween } from './line-diff.ts';
import type { LineRange } from './locate.ts';

/** Part of the lines of both that a text has in common with what it takes the place of. */
const LEAST_LIKENESS = 1 / 2;

/** The place of a file that is most like a text, or those that are equally so; none where no place has half of its lines. */
export function likestPlaces(lines: readonly string[], places: readonly LineRange[], written: readonly string[]): readonly LineRange[] {
  const own = plain(written);
  const rated = places.map((range) => ({ range, former: plain(lines.slice(range.start, range.end)) }));
  const bounded = rated.map((place) => ({ ...place, most: mostInCommon(place.former, own) }));
  let best: readonly LineRange[] = [];
  let highest = LEAST_LIKENESS;
  // Comparing in order costs much more than counting: only what can still be the best is compared.
  for (const { range, former, most } of bounded.toSorted((one, other) => other.most - one.most)) {
    if (most < highest) break;
    const rating = likeness(former, own);
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

/** The same in whatever order the lines stand, which is as much at least. */
function mostInCommon(one: readonly string[], other: readonly string[]): number {
  const left = new Map<string, number>();
  for (const line of one) left.set(line, (left.get(line) ?? 0) + 1);
  let common = 0;
  for (const line of other) {
    const count = left.get(line) ?? 0;
    if (count > 0) common++;
    left.set(line, count - 1);
  }
  return (2 * common) / (one.length + other.length);
}
