import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hunksBetween } from '../../../../src/shared/edits/line-diff.ts';
import { likestPlaces } from '../../../../src/shared/edits/likest-places.ts';

const lines = fc.array(fc.constantFrom('a', 'b', 'c', ' d', ''), { maxLength: 8 });
const place = fc.nat({ max: 7 }).chain((start) => fc.record({ start: fc.constant(start), end: fc.integer({ min: start + 1, max: 8 }) }));

/** In thousandths, as a reader would work it out. */
function inCommon(one: readonly string[], other: readonly string[]): number {
  const [former, written] = [one, other].map((all) => all.filter((line) => line !== '').map((line) => line.trim())) as [string[], string[]];
  const all = former.length + written.length;
  const changed = hunksBetween(former, written).reduce((sum, { removed, added }) => sum + removed.length + added.length, 0);
  return Math.round((1000 * (all - changed)) / all);
}

describe('the places that are most like a text', () => {
  it('are those that have most in common with it, and half at least', () => {
    const written = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(lines, fc.array(place, { maxLength: 6 }), written, (file, places, text) => {
        const rated = places.map((range) => ({ range, rating: inCommon(file.slice(range.start, range.end), text) }));
        const highest = Math.max(500, ...rated.map(({ rating }) => rating));
        const expected = rated.filter(({ rating }) => rating === highest).map(({ range }) => range);
        const found = likestPlaces(file, places, text);
        expect(found).toHaveLength(expected.length);
        expect(found).toEqual(expect.arrayContaining(expected));
      }),
    );
  });

  it('are found among many in a long file', () => {
    const file = Array.from({ length: 3_000 }, (_, at) => (at % 3 === 2 ? '}' : `line ${String(at)}`));
    const ends = file.flatMap((line, at) => (line === '}' ? [{ start: 0, end: at + 1 }] : []));
    expect(likestPlaces(file, ends, file.slice(0, 1_500).with(700, 'changed'))).toEqual([{ start: 0, end: 1_500 }]);
  });

  it('are all of them where hundreds are too much alike to tell', () => {
    const file = Array.from({ length: 1_000 }, () => ['<div>', '  text', '</div>']).flat();
    const starts = [...file.keys()].filter((at) => file[at] === '<div>');
    const places = starts.flatMap((start) => starts.filter((at) => at >= start && at < start + 300).map((at) => ({ start, end: at + 3 })));
    const written = Array.from({ length: 100 }, (_, at) => ['<div>', `  other ${String(at)}`, '</div>']).flat();
    expect(likestPlaces(file, places, written)).toHaveLength(places.length);
  });
});
