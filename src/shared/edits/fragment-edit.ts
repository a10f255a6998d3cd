import { isContainer } from './code-blocks.ts';
import { declaredName, declarationsIn, membersOf, nameOf, singleLinesNamed, wholeBlocksOf, type Declaration } from './declarations.ts';
import type { EditTarget, Replacement } from './edit-target.ts';
import { isBlank } from './indent.ts';
import { essenceOf } from './likeness.ts';
import { likestPlaces } from './likest-places.ts';
import type { LineRange } from './locate.ts';
import { fitted, linesAbove } from './whole-edit.ts';

/** Why a part of a file is not applied: where it belongs is not clear, or it is clear of several places. */
export type FragmentRefusal = 'no-place' | 'ambiguous';

const IMPORT = /^\s*(?:import\b|from\s+\S+\s+import\b|use\s|using\s|#include\b|require\b|(?:const|let|var)\s.*=\s*require\()/;
const COMMENT = /^\s*(?:\/\/|\/\*|\*|#(?!include\b)|--|<!--|"""|@)/;

/** A piece of a fragment that has its own place in the file. */
interface Piece {
  readonly name: string;
  readonly kind: 'block' | 'line' | 'import';
  /** Lines of the fragment, with what is written above the declaration. */
  readonly range: LineRange;
  /** How many of them those are. */
  readonly lead: number;
}

/**
 * What a part of a file changes that was written without a word on where it belongs: each declaration takes the place of the one
 * of its name, a new one stands beside its neighbours, an import behind the others, and statements where they begin and end alike.
 *
 * @param declarations of the file, by whoever knows its language; none where nobody does.
 */
export function fragmentReplacements(
  target: EditTarget,
  written: readonly string[],
  declarations: readonly Declaration[],
): readonly Replacement[] | FragmentRefusal {
  const pieces = piecesOf(written, target.language);
  const known = [...declarations, ...declarationsIn(target.lines, target.language)];
  const placed = new Placement(target, written, known).place(pieces, target.range);
  return placed === 'no-place' ? alike(target, written) : placed;
}

function piecesOf(written: readonly string[], language: string): readonly Piece[] {
  const blocks = wholeBlocksOf(written, language);
  const pieces: Piece[] = [];
  let covered = 0;
  for (const block of [...blocks, { start: written.length, end: written.length }]) {
    const lead = block.start < written.length ? Math.min(linesAbove(written, block.start), block.start - covered) : 0;
    for (let at = covered; at < block.start - lead; at++) pieces.push(...loosePiece(written, at));
    if (block.start < written.length)
      pieces.push({ name: nameOf(written[block.start] ?? ''), kind: 'block', range: { start: block.start - lead, end: block.end }, lead });
    covered = block.end;
  }
  return pieces;
}

/** A comment that belongs to nothing is for the reader of the answer. */
function loosePiece(written: readonly string[], at: number): readonly Piece[] {
  const line = written[at] ?? '';
  if (isBlank(line) || COMMENT.test(line)) return [];
  return [{ name: declaredName(line) ?? '', kind: IMPORT.test(line) ? 'import' : 'line', range: { start: at, end: at + 1 }, lead: 0 }];
}

/** Finds the places for the pieces of a fragment. */
class Placement {
  readonly #target: EditTarget;
  readonly #written: readonly string[];
  readonly #known: readonly Declaration[];

  constructor(target: EditTarget, written: readonly string[], known: readonly Declaration[]) {
    this.#target = target;
    this.#written = written;
    this.#known = known;
  }

  /**
   * @param within lines of the file that the pieces may belong to.
   * @param end where a new piece goes that has no neighbour.
   */
  place(pieces: readonly Piece[], within: LineRange, end?: number): readonly Replacement[] | FragmentRefusal {
    const ranges = pieces.map((piece) => this.#placeOf(piece, within));
    if (ranges.includes('ambiguous')) return 'ambiguous';
    const isPlaced = pieces.some(({ kind }, at) => kind === 'block' && typeof ranges[at] === 'object');
    const isLost = pieces.some(({ kind, name }, at) => ranges[at] === 'missing' && kind === 'line' && name === '');
    if (isLost || (!isPlaced && end === undefined && !this.#isOfNamedLines(pieces, ranges))) return 'no-place';
    const replacements: Replacement[] = [];
    for (const [at, piece] of pieces.entries()) {
      const range = ranges[at];
      const own =
        typeof range === 'object' ? this.#replaced(piece, range) : range === 'missing' ? this.#added(piece, at, ranges, within, end) : [];
      if (typeof own === 'string') return own;
      replacements.push(...own);
    }
    const inOrder = replacements.toSorted((one, other) => one.range.start - other.range.start);
    const overlaps = inOrder.some(({ range }, at) => at > 0 && range.start < (inOrder[at - 1]?.range.end ?? 0));
    return overlaps ? 'ambiguous' : inOrder;
  }

  /** Whether it is all constants and the like, one of which the file has. */
  #isOfNamedLines(pieces: readonly Piece[], ranges: readonly (LineRange | string | undefined)[]): boolean {
    return pieces.some(({ kind, name }, at) => kind === 'line' && name !== '' && typeof ranges[at] === 'object');
  }

  /** `there` for a line that the file has already. */
  #placeOf(piece: Piece, within: LineRange): LineRange | 'there' | 'missing' | 'ambiguous' {
    const { lines } = this.#target;
    const own = this.#written[piece.range.start + piece.lead] ?? '';
    const isHere = ({ range }: Declaration): boolean => range.start >= within.start && range.end <= within.end;
    if (piece.kind !== 'block') {
      const essence = essenceOf(own, 'indentation');
      if (lines.slice(within.start, within.end).some((line) => essenceOf(line, 'indentation') === essence)) return 'there';
      if (piece.kind === 'import' || piece.name === '') return 'missing';
    }
    const named = distinct(this.#known.filter((one) => one.name === piece.name && isHere(one)).map(({ range }) => this.#trimmed(range)));
    const alone = piece.kind === 'line' && named.length === 0 ? singleLinesNamed(lines, within, piece.name) : [];
    const candidates = [...named, ...alone.map((start) => ({ start, end: start + 1 }))];
    const same = candidates.filter(({ start }) => essenceOf(lines[start] ?? '', 'indentation') === essenceOf(own, 'indentation'));
    const [range, other] = same.length === 1 ? same : candidates;
    return other ? 'ambiguous' : (range ?? 'missing');
  }

  /** Without what stands above the declaration: tools differ in what they count. */
  #trimmed({ start, end }: LineRange): LineRange {
    const head = this.#target.lines.slice(start, end).findIndex((line) => !isBlank(line) && !COMMENT.test(line));
    return { start: start + Math.max(0, head), end };
  }

  #replaced(piece: Piece, range: LineRange): readonly Replacement[] | FragmentRefusal {
    const { lines, language } = this.#target;
    const inner = this.#membersWritten(piece, range);
    if (inner) return this.place(inner, { start: range.start + 1, end: range.end }, closerOf(lines, range, language));
    const above = piece.lead > 0 ? linesAbove(lines, range.start) : 0;
    const whole = { start: range.start - above, end: range.end };
    const own = { start: piece.range.start, end: this.#endOf(piece, range) };
    return [{ range: whole, lines: this.#fitted(lines.slice(whole.start, whole.end), own) }];
  }

  /** With the line that ends the declaration by a word of its own, which only who knows the language takes for a part of it. */
  #endOf({ range }: Piece, place: LineRange): number {
    const last = essenceOf(this.#target.lines[place.end - 1] ?? '', 'indentation');
    const isOutside = last !== essenceOf(this.#written[range.end - 1] ?? '', 'indentation');
    return isOutside && last === essenceOf(this.#written[range.end] ?? '', 'indentation') ? range.end + 1 : range.end;
  }

  /** The members of a class or the like of which some are left out: nobody who leaves a method out wants it deleted. */
  #membersWritten({ range, lead }: Piece, place: LineRange): readonly Piece[] | undefined {
    const { lines, language } = this.#target;
    const own = { start: range.start + lead, end: range.end };
    if (!isContainer(this.#written[own.start] ?? '')) return undefined;
    const written = membersOf(this.#written, own, language);
    const names = new Set(written.map(({ start }) => nameOf(this.#written[start] ?? '')));
    const isWhole = membersOf(lines, place, language).every(({ start }) => names.has(nameOf(lines[start] ?? '')));
    if (isWhole) return undefined;
    const closer = closerOf(this.#written, own, language);
    const offset = own.start + 1;
    return piecesOf(this.#written.slice(offset, closer), language).map((piece) => ({
      ...piece,
      range: { start: piece.range.start + offset, end: piece.range.end + offset },
    }));
  }

  #added(
    piece: Piece,
    at: number,
    ranges: readonly (LineRange | string | undefined)[],
    within: LineRange,
    end: number | undefined,
  ): readonly Replacement[] {
    const { lines } = this.#target;
    if (piece.kind === 'import') {
      const last = lines.findLastIndex((line) => IMPORT.test(line));
      const place = last >= 0 ? last + 1 : lines[0]?.startsWith('#!') ? 1 : 0;
      return [{ range: { start: place, end: place }, lines: this.#written.slice(piece.range.start, piece.range.end) }];
    }
    const isRange = (range: LineRange | string | undefined): range is LineRange => typeof range === 'object';
    const gap = piece.kind === 'block' ? [''] : [];
    const before = ranges.slice(0, at).findLast(isRange);
    const after = ranges.slice(at + 1).find(isRange);
    const former = before ?? after;
    const place = before?.end ?? (after ? after.start - linesAbove(lines, after.start) : (end ?? within.end));
    const around = former ? lines.slice(former.start, former.end) : lines.slice(within.start, end ?? within.end);
    const text = this.#fitted(around, piece.range);
    return [{ range: { start: place, end: place }, lines: !before && after ? [...text, ...gap] : [...gap, ...text] }];
  }

  #fitted(former: readonly string[], { start, end }: LineRange): readonly string[] {
    return fitted(former, this.#written.slice(start, end), this.#target);
  }
}

/** The line that closes a block, or the one behind it where none does. */
function closerOf(lines: readonly string[], { start, end }: LineRange, language: string): number {
  const last = membersOf(lines, { start, end }, language).at(-1)?.end ?? start + 1;
  return /^\s*(?:[)\]}]+;?|end)\s*$/.test(lines[end - 1] ?? '') && last < end ? end - 1 : end;
}

function distinct(ranges: readonly LineRange[]): readonly LineRange[] {
  // What a tool knows and what the indentation says is the same declaration if it begins in the same line; the tool goes first.
  return ranges.filter(({ start }, at) => ranges.findIndex((other) => other.start === start) === at);
}

/** Statements for those that begin and end alike, and of which at least half stay. */
function alike(target: EditTarget, written: readonly string[]): readonly Replacement[] | FragmentRefusal {
  const { lines, range } = target;
  const essences = lines.map((line) => essenceOf(line, 'indentation'));
  const filled = [...written.keys()].filter((at) => !isBlank(written[at] ?? ''));
  const [first, last] = [filled[0], filled.at(-1)];
  if (first === undefined || last === undefined || first === last) return 'no-place';
  const own = written.slice(first, last + 1);
  const placesOf = (line: string | undefined): readonly number[] =>
    [...essences.keys()].filter((at) => at >= range.start && at < range.end && essences[at] === essenceOf(line ?? '', 'indentation'));
  const starts = placesOf(own[0]);
  const ends = placesOf(own.at(-1));
  const places = starts.flatMap((start) =>
    ends.filter((end) => end > start && end - start < own.length * 2 + 2).map((end) => ({ start, end: end + 1 })),
  );
  const [best, next] = likestPlaces(lines, places, own);
  if (!best) return 'no-place';
  if (next) return 'ambiguous';
  return [{ range: best, lines: fitted(lines.slice(best.start, best.end), own, target) }];
}
