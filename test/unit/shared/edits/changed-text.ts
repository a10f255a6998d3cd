import fc from 'fast-check';
import type { TextChange, TextPosition } from '../../../../src/shared/edits/text-change.ts';

/** A text as one string: the plainest editor there is, to compare with. */
export function changedText(text: string, { range, text: inserted }: TextChange): string {
  return text.slice(0, offsetOf(text, range.start)) + inserted + text.slice(offsetOf(text, range.end));
}

function offsetOf(text: string, { line, character }: TextPosition): number {
  const before = text.split('\n').slice(0, line);
  return before.reduce((sum, one) => sum + one.length + 1, 0) + character;
}

function positionOf(text: string, offset: number): TextPosition {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length - 1, character: before.at(-1)!.length };
}

/** Where something happens in a text that is not known yet: near a line end more often than not. */
export interface Spot {
  readonly fraction: number;
  readonly place: 'anywhere' | 'line start' | 'line end';
}

export const spot: fc.Arbitrary<Spot> = fc.record({
  fraction: fc.double({ min: 0, max: 1, noNaN: true }),
  place: fc.constantFrom('anywhere', 'line start', 'line end'),
});

function offsetAt(text: string, { fraction, place }: Spot): number {
  const offset = Math.round(fraction * text.length);
  if (place === 'line start') return text.lastIndexOf('\n', offset - 1) + 1;
  const end = text.indexOf('\n', offset);
  return place === 'anywhere' ? offset : end < 0 ? text.length : end;
}

/** What one event tells: changes of places apart from each other, the last place first. */
export function changesAt(text: string, spots: readonly Spot[], inserted: readonly string[]): readonly TextChange[] {
  const offsets = spots.map((one) => offsetAt(text, one)).toSorted((one, other) => one - other);
  const changes = inserted.flatMap((own, nth) => {
    const [start, end] = [offsets[nth * 2], offsets[nth * 2 + 1]];
    return start === undefined || end === undefined
      ? []
      : [{ range: { start: positionOf(text, start), end: positionOf(text, end) }, text: own }];
  });
  return changes.toReversed();
}
