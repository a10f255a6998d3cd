/**
 * How much of a text need not be typed anew to make another of it: 1 less the Levenshtein distance (1966) by the length of
 * the longer one, as in the benchmarks of code completion (edit similarity; Lu et al. 2021, arXiv:2102.04664, section 3).
 *
 * @returns 0 to 1; 1 for texts that are equal.
 */
export function editSimilarity(one: string, other: string): number {
  const longest = Math.max(one.length, other.length);
  return longest === 0 ? 1 : 1 - levenshtein(one, other) / longest;
}

/** Fewest characters to add, leave out or replace. Row by row, so it takes no more room than one text. */
function levenshtein(one: string, other: string): number {
  let above = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let row = 1; row <= one.length; row++) {
    const current = [row];
    for (let column = 1; column <= other.length; column++) {
      const replaced = (above[column - 1] ?? NaN) + (one[row - 1] === other[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, (above[column] ?? NaN) + 1, (current[column - 1] ?? NaN) + 1));
    }
    above = current;
  }
  return above[other.length] ?? NaN;
}
