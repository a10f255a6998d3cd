import type { Hunk } from './line-diff.ts';
import type { LineRange } from './locate.ts';
import type { TextChange } from './text-change.ts';

interface FollowedLine {
  readonly text: string;
  /** Which of the former lines it is, whatever it says now; `undefined` for one that has come since. */
  readonly former: number | undefined;
}

/**
 * Knows where each line of a text is while the text is being changed. A line stays itself while it is edited, moves with what
 * comes and goes around it, and is gone once a change takes one of its ends away.
 */
export class FollowedLines {
  /** The lines as they were at the beginning. */
  readonly former: readonly string[];
  #lines: readonly FollowedLine[];

  constructor(lines: readonly string[]) {
    this.former = lines;
    this.#lines = lines.map((text, former) => ({ text, former }));
  }

  /** The lines as they are. */
  get lines(): readonly string[] {
    return this.#lines.map(({ text }) => text);
  }

  /** Takes note of a change; those of one event one after the other, in their order. */
  change(change: TextChange): void {
    const { start, end, inserted } = withoutSameLines(this.#lines, change);
    const former = this.#lines.slice(start.line, end.line + 1);
    const changed = changedLines(former, start.character, end.character, inserted);
    this.#lines = [...this.#lines.slice(0, start.line), ...changed, ...this.#lines.slice(end.line + 1)];
  }

  /** Takes note that there is another text now, of which nobody has told how it came about. */
  become(lines: readonly string[]): void {
    const last = this.#lines.length - 1;
    const end = { line: last, character: this.#lines[last]?.text.length ?? 0 };
    this.change({ range: { start: { line: 0, character: 0 }, end }, text: lines.join('\n') });
  }

  /**
   * Where the lines of a hunk stand now, all of them and as they were; for one that only inserts, the place between the lines
   * that were its neighbours, if they still are.
   */
  placeOf({ start, removed }: Hunk): LineRange | undefined {
    return removed.length === 0 ? this.#placeBefore(start) : this.#placeOfLines(start, removed);
  }

  /** From the first to the last line that is left of some former ones, however they and what is between them were changed. */
  remainsOf({ start, end }: LineRange): LineRange | undefined {
    const isOne = ({ former }: FollowedLine): boolean => former !== undefined && former >= start && former < end;
    const first = this.#lines.findIndex(isOne);
    return first < 0 ? undefined : { start: first, end: this.#lines.findLastIndex(isOne) + 1 };
  }

  #placeOfLines(start: number, removed: readonly string[]): LineRange | undefined {
    const at = this.#indexOf(start);
    const isThere = removed.every((text, nth) => this.#lines[at + nth]?.former === start + nth && this.#lines[at + nth]?.text === text);
    return isThere ? { start: at, end: at + removed.length } : undefined;
  }

  #placeBefore(line: number): LineRange | undefined {
    const above = line === 0 ? -1 : this.#indexOf(line - 1);
    const below = line === this.former.length ? this.#lines.length : this.#indexOf(line);
    const isKnown = (line === 0 || above >= 0) && below === above + 1;
    return isKnown ? { start: below, end: below } : undefined;
  }

  /** -1 when it is gone. */
  #indexOf(former: number): number {
    return this.#lines.findIndex((line) => line.former === former);
  }
}

interface Trimmed {
  readonly start: TextChange['range']['start'];
  readonly end: TextChange['range']['end'];
  /** At least one, which is what is inserted when it is no more than a part of a line. */
  readonly inserted: readonly string[];
}

/** A change without the whole lines at both ends of it that are replaced by the same: so some formatters and reloads change a text. */
function withoutSameLines(lines: readonly FollowedLine[], { range: { start, end }, text }: TextChange): Trimmed {
  const inserted = text.split(/\r\n|\r|\n/);
  const removed = lines.slice(start.line, end.line + 1).map(({ text: line }) => line);
  removed.push(removed.pop()?.slice(0, end.character) ?? '');
  removed[0] = removed[0]?.slice(start.character) ?? '';
  const most = Math.min(removed.length, inserted.length) - 1;
  let head = 0;
  while (head < most && removed[head] === inserted[head]) head++;
  let tail = 0;
  while (tail < most - head && removed.at(-1 - tail) === inserted.at(-1 - tail)) tail++;
  const last = end.line - tail;
  return {
    start: head === 0 ? start : { line: start.line + head, character: 0 },
    end: tail === 0 ? end : { line: last, character: lines[last]?.text.length ?? 0 },
    inserted: inserted.slice(head, inserted.length - tail),
  };
}

/** What becomes of lines that a change goes through, from a character of the first one to a character of the last one. */
function changedLines(former: readonly FollowedLine[], start: number, end: number, inserted: readonly string[]): readonly FollowedLine[] {
  const [first, last] = [former[0], former.at(-1)];
  if (!first || !last) return [];
  const texts = [...inserted];
  texts[0] = first.text.slice(0, start) + (texts[0] ?? '');
  texts.push((texts.pop() ?? '') + last.text.slice(end));
  const [before, behind] = former.length === 1 && inserted.length === 1 ? [first, undefined] : survivors(former, start, end, inserted);
  return texts.map((text, at) => {
    const isLast = at === texts.length - 1;
    const line = (at === 0 ? before : undefined) ?? (isLast ? behind : undefined);
    return { text, former: line?.former };
  });
}

/** The line before a change of several lines, and the one behind it, as far as they are whole. */
function survivors(
  former: readonly FollowedLine[],
  start: number,
  end: number,
  inserted: readonly string[],
): readonly [FollowedLine | undefined, FollowedLine | undefined] {
  const [first, last] = [former[0], former.at(-1)];
  const isSplit = inserted.length > 1;
  const isFirstWhole = start === first?.text.length && inserted[0] === '' && (isSplit || end === last?.text.length);
  const isLastWhole = end === 0 && inserted.at(-1) === '' && (isSplit || start === 0);
  return [isFirstWhole ? first : undefined, isLastWhole ? last : undefined];
}
