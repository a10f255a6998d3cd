import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hunksBetween, keepAlike } from '../../../../src/shared/edits/line-diff.ts';

const numbered = (word: string, count: number): string[] => Array.from({ length: count }, (_, at) => `${word} ${String(at)}`);

function applied(former: readonly string[], lines: readonly string[]): readonly string[] {
  const hunks = hunksBetween(former, lines).toReversed();
  return hunks.reduce((text, { start, removed, added }) => text.toSpliced(start, removed.length, ...added), [...former]);
}

describe('hunks between two texts', () => {
  it('make the one of the other', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 12 });
    fc.assert(
      fc.property(text, text, (former, lines) => {
        expect(applied(former, lines)).toEqual(lines);
      }),
    );
  });

  it('are one when thousands of lines are changed, between the lines at both ends that stay', () => {
    const former = ['head', ...numbered('former', 4_000), 'tail'];
    const lines = ['head', ...numbered('new', 3_000).flatMap((line) => [line, '']), 'tail'];
    const hunks = hunksBetween(former, lines);
    expect(hunks).toMatchObject([{ start: 1 }]);
    expect(hunks[0]?.removed).toHaveLength(4_000);
    expect(applied(former, lines)).toEqual(lines);
  });
});

describe('lines that only look other', () => {
  it('stay as they were, beside those that are', () => {
    const former = ['a  ', 'b', 'c\t', ''];
    expect(keepAlike(former, ['a', 'x', 'y', 'c', '  '], 'line ends')).toEqual(['a  ', 'x', 'y', 'c\t', '']);
  });

  it('stay at both ends of a text of which thousands of lines are changed', () => {
    const changed = numbered('new', 5_000);
    const kept = keepAlike(['head  ', ...numbered('former', 5_000), 'tail  '], ['head', ...changed, 'tail'], 'line ends');
    expect(kept).toEqual(['head  ', ...changed, 'tail  ']);
  });
});
