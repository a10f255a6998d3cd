import type { Replacement } from './edit-target.ts';
import type { FollowedLines } from './followed-lines.ts';
import { hunksBetween, type Hunk } from './line-diff.ts';
import type { LineRange } from './locate.ts';
import { rangesAfter, withReplacements } from './replacements.ts';

/** A hunk that nobody has decided on, and that can still be applied. */
export interface OpenHunk extends Replacement {
  readonly hunk: Hunk;
  /** Where its lines stand in the document. */
  readonly range: LineRange;
  /** Where the lines instead of them stand in the proposed text. */
  readonly proposed: LineRange;
}

/**
 * What is proposed for a document that goes on being changed. A hunk whose lines somebody changes is left out, so that nothing
 * is ever replaced but what the model was shown.
 */
export class Proposal {
  readonly #followed: FollowedLines;
  #undecided: readonly Hunk[];

  /**
   * @param followed since the model was asked.
   * @param edited all lines of the document as the model would have it, made from what they were then.
   */
  constructor(followed: FollowedLines, edited: readonly string[]) {
    this.#followed = followed;
    this.#undecided = hunksBetween(followed.former, edited);
  }

  /** In the order of the document. */
  get open(): readonly OpenHunk[] {
    const placed = this.#undecided.flatMap((hunk) => {
      const range = this.#followed.placeOf(hunk);
      return range ? [{ hunk, range, lines: hunk.added }] : [];
    });
    const after = rangesAfter(placed);
    return placed.map((one, nth) => ({ ...one, proposed: after[nth] ?? one.range }));
  }

  /** Those of some hunks that are still open, where they stand now. */
  stillOpen(hunks: readonly OpenHunk[]): readonly OpenHunk[] {
    const wanted = new Set(hunks.map(({ hunk }) => hunk));
    return this.open.filter(({ hunk }) => wanted.has(hunk));
  }

  /** How many hunks nobody has decided on, but were left out since their lines were changed. */
  get leftOut(): number {
    return this.#undecided.length - this.open.length;
  }

  /** The document as it is, with all that is open. */
  get lines(): readonly string[] {
    return withReplacements(this.#followed.lines, this.open);
  }

  /** The lines of the document as it is. */
  get documentLines(): readonly string[] {
    return this.#followed.lines;
  }

  /** Takes hunks out, be it that they were applied or that nobody wants them. */
  close(hunks: readonly OpenHunk[]): void {
    const decided = new Set(hunks.map(({ hunk }) => hunk));
    this.#undecided = this.#undecided.filter((hunk) => !decided.has(hunk));
  }
}

/** The hunk at a line of the document or of the proposed text, or the nearest one. */
export function nearestHunk(hunks: readonly OpenHunk[], side: 'range' | 'proposed', line: number): OpenHunk | undefined {
  const distance = ({ [side]: { start, end } }: OpenHunk): number => Math.max(start - line, line - Math.max(start, end - 1), 0);
  return hunks.toSorted((one, other) => distance(one) - distance(other))[0];
}
