import type { SearchReplace } from './answer-parser.ts';
import { isElided, withoutLooseEnds, type EditRefusal, type EditTarget, type Replacement } from './edit-target.ts';
import { baseWidth, isBlank, reindent } from './indent.ts';
import { plainText } from './likeness.ts';
import { hunksBetween, keepAlike } from './line-diff.ts';
import { locate, type LineRange } from './locate.ts';

/** What search/replace blocks change, in the order of the document. */
export function blockReplacements(target: EditTarget, blocks: readonly SearchReplace[]): readonly Replacement[] | EditRefusal {
  const replacements: Replacement[] = [];
  for (const block of blocks) {
    const replacement = replacementOf(target, block);
    if (typeof replacement === 'string') return replacement;
    replacements.push(replacement);
  }
  const inOrder = replacements.toSorted((one, other) => one.range.start - other.range.start);
  return inOrder.some(({ range }, at) => at > 0 && range.start < (inOrder[at - 1]?.range.end ?? 0)) ? 'overlapping' : inOrder;
}

function replacementOf(target: EditTarget, { search, replace }: SearchReplace): Replacement | EditRefusal {
  const { lines, range } = target;
  if (isElided(replace, search)) return 'elided';
  if (search.every(isBlank)) return lines.slice(range.start, range.end).every(isBlank) ? { range, lines: replace } : 'not-found';
  const [exact, other] = verbatim(search, target);
  if (other) return 'ambiguous';
  if (exact) return { range: exact, lines: target.language === 'markdown' ? replace : keepAlike(search, replace, 'line ends') };
  const found = locate(search, lines, range);
  if (found.kind !== 'found') return found.kind === 'ambiguous' ? 'ambiguous' : 'not-found';
  const former = lines.slice(found.range.start, found.range.end);
  const isTypographic = found.strictness !== 'exact' && found.strictness !== 'line ends';
  const [sought, written] = isTypographic ? [search.map(plainText), replace.map(plainText)] : [search, replace];
  const changed = transferred(sought, written, former, target);
  return { range: found.range, lines: keepAlike(former, changed, isTypographic ? 'characters' : 'line ends') };
}

/** Where lines stand as they are quoted, blank ones at the ends included. */
function verbatim(search: readonly string[], { lines, range }: EditTarget): readonly LineRange[] {
  const starts = Array.from({ length: Math.max(0, range.end - range.start - search.length + 1) }, (_, at) => range.start + at);
  return starts
    .filter((start) => search.every((line, at) => line === lines[start + at]))
    .map((start) => ({ start, end: start + search.length }));
}

/** Does to the former lines what makes the replacement of what was quoted: so what the quotation left out stays. */
function transferred(
  search: readonly string[],
  replace: readonly string[],
  former: readonly string[],
  target: EditTarget,
): readonly string[] {
  const lines: string[] = [];
  const places = new QuotedPlaces(search, former);
  // Quoted at the margin, but written where it belongs.
  const isInPlace = baseWidth(search) < baseWidth(former) && baseWidth(replace) === baseWidth(former);
  const source = isInPlace ? former : search;
  let at = 0;
  for (const { start, removed, added } of hunksBetween(search, replace)) {
    const from = places.before(start);
    lines.push(...former.slice(at, from));
    lines.push(...withoutLooseEnds(reindent(added, { source, target: former, around: target.lines }), target));
    at = removed.length === 0 ? from : Math.max(from, places.behind(start + removed.length - 1));
  }
  return [...lines, ...former.slice(at)];
}

/** Where the lines of a quotation stand in what was quoted, which has the same lines but for blank ones. */
class QuotedPlaces {
  readonly #search: readonly string[];
  /** For each line that is not blank, its place among the former ones. */
  readonly #at: ReadonlyMap<number, number>;
  readonly #length: number;

  constructor(search: readonly string[], former: readonly string[]) {
    this.#search = search;
    this.#length = former.length;
    const filled = [...former.keys()].filter((at) => !isBlank(former[at] ?? ''));
    const sought = [...search.keys()].filter((at) => !isBlank(search[at] ?? ''));
    this.#at = new Map(sought.map((line, nth) => [line, filled[nth] ?? former.length]));
  }

  /** The place before a line of the quotation. */
  before(line: number): number {
    return this.#at.get(line) ?? this.#amongBlank(line);
  }

  /** The place behind a line of the quotation. */
  behind(line: number): number {
    const at = this.#at.get(line);
    return at === undefined ? this.#amongBlank(line + 1) : at + 1;
  }

  /** As many blank lines behind the last filled one as the quotation has, but no more than there are. */
  #amongBlank(line: number): number {
    const previous = this.#search.slice(0, line).findLastIndex((text) => !isBlank(text));
    const next = this.#search.findIndex((text, at) => at >= line && !isBlank(text));
    const from = previous < 0 ? 0 : (this.#at.get(previous) ?? 0) + 1;
    return Math.min(from + line - (previous + 1), this.#at.get(next) ?? this.#length);
  }
}
