import { indentWidth, isBlank } from './indent.ts';
import { essenceOf, STRICTNESS, type Strictness } from './likeness.ts';

/** A run of lines, from 0, the last one not included. */
export interface LineRange {
  readonly start: number;
  readonly end: number;
}

export type Located =
  | { readonly kind: 'found'; readonly range: LineRange; readonly strictness: Strictness }
  | { readonly kind: 'missing' }
  | { readonly kind: 'ambiguous' };

/**
 * Finds a passage among lines, as a model wrote it: exactly if possible, else with other line ends, then other characters that
 * look alike, then another indentation (by the same for all of its lines), then other blank lines. At each step it must stand
 * at one place only.
 */
export function locate(passage: readonly string[], lines: readonly string[], within: LineRange): Located {
  const sought = withoutBlankEnds(passage);
  if (sought.length === 0) return { kind: 'missing' };
  for (const strictness of STRICTNESS) {
    const found = rangesOf(sought, lines, within, strictness);
    const [range, other] = found;
    if (other) return { kind: 'ambiguous' };
    if (range) return { kind: 'found', range, strictness };
  }
  return { kind: 'missing' };
}

export function withoutBlankEnds(lines: readonly string[]): readonly string[] {
  const first = lines.findIndex((line) => !isBlank(line));
  return first < 0 ? [] : lines.slice(first, lines.findLastIndex((line) => !isBlank(line)) + 1);
}

function rangesOf(
  sought: readonly string[],
  lines: readonly string[],
  { start, end }: LineRange,
  strictness: Strictness,
): readonly LineRange[] {
  const ranges: LineRange[] = [];
  for (let at = start; at < end; at++) {
    const until = strictness === 'blank lines' ? endSkippingBlank(sought, lines, at, end) : endOfRun(sought, lines, at, end, strictness);
    if (until !== undefined) ranges.push({ start: at, end: until });
  }
  return ranges;
}

function endOfRun(
  sought: readonly string[],
  lines: readonly string[],
  at: number,
  end: number,
  strictness: Strictness,
): number | undefined {
  if (at + sought.length > end) return undefined;
  const isAlike = sought.every((line, index) => essenceOf(line, strictness) === essenceOf(lines[at + index] ?? '', strictness));
  if (!isAlike || (strictness === 'indentation' && !isShifted(sought, lines.slice(at, at + sought.length)))) return undefined;
  return at + sought.length;
}

function endSkippingBlank(sought: readonly string[], lines: readonly string[], from: number, end: number): number | undefined {
  if (isBlank(lines[from] ?? '')) return undefined;
  const wanted = sought.filter((line) => !isBlank(line));
  const found: string[] = [];
  let at = from;
  for (; at < end && found.length < wanted.length; at++) {
    const line = lines[at] ?? '';
    if (isBlank(line)) continue;
    if (essenceOf(line, 'indentation') !== essenceOf(wanted[found.length] ?? '', 'indentation')) return undefined;
    found.push(line);
  }
  return found.length === wanted.length && isShifted(wanted, found) ? at : undefined;
}

/** Whether the lines of one differ in indentation from those of the other all by the same, or keep its order of depths. */
function isShifted(one: readonly string[], other: readonly string[]): boolean {
  const pairs = one.flatMap((line, at) => (isBlank(line) ? [] : [[indentWidth(line), indentWidth(other[at] ?? '')] as const]));
  return pairs.every(([a, b], at) => {
    const [formerA, formerB] = pairs[at - 1] ?? [a, b];
    return Math.sign(a - formerA) === Math.sign(b - formerB);
  });
}
