import { describe, expect, it } from 'vitest';
import { changesFor, rangesAfter, withReplacements } from '../../../../src/shared/edits/replacements.ts';
import type { Replacement } from '../../../../src/shared/edits/edit-target.ts';
import { changedText } from './changed-text.ts';

const LINES = ['a', 'b', 'c', 'd'];
const replace = (start: number, end: number, ...lines: readonly string[]): Replacement => ({ range: { start, end }, lines });

describe.each<readonly [string, readonly Replacement[], readonly string[]]>([
  ['nothing', [], LINES],
  ['a line', [replace(1, 2, 'B')], ['a', 'B', 'c', 'd']],
  ['a line by several', [replace(1, 2, 'B', 'BB')], ['a', 'B', 'BB', 'c', 'd']],
  ['the last line', [replace(3, 4, 'D')], ['a', 'b', 'c', 'D']],
  ['lines that go', [replace(0, 1), replace(2, 3)], ['b', 'd']],
  ['the last line, which goes', [replace(3, 4)], ['a', 'b', 'c']],
  ['the last two lines, which go one by one', [replace(2, 3), replace(3, 4)], ['a', 'b']],
  ['all lines, which go one by one', LINES.map((_, at) => replace(at, at + 1)), ['']],
  ['lines that come', [replace(0, 0, 'new'), replace(2, 2, 'two', 'lines')], ['new', 'a', 'b', 'two', 'lines', 'c', 'd']],
  ['a line that comes at the end', [replace(4, 4, 'new')], ['a', 'b', 'c', 'd', 'new']],
  ['a line that comes where the next one goes', [replace(3, 3, 'new'), replace(3, 4)], ['a', 'b', 'c', 'new']],
  ['an empty line that comes', [replace(1, 1, '')], ['a', '', 'b', 'c', 'd']],
])('replacing %s', (_name, replacements, expected) => {
  it('gives the lines', () => {
    expect(withReplacements(LINES, replacements)).toEqual(expected);
  });

  it('is the same as changes of the text, the last one first', () => {
    const changes = changesFor(LINES, replacements);
    const text = changes.reduceRight((before, change) => changedText(before, change), LINES.join('\n'));
    expect(text).toBe(expected.join('\n'));
  });

  it('leaves the new lines where it says', () => {
    const lines = rangesAfter(replacements).map(({ start, end }) => expected.slice(start, end));
    // A text without lines is one with an empty line.
    if (expected.join() !== '') expect(lines).toEqual(replacements.map((replacement) => replacement.lines));
  });
});

it('changes of the text touch no line but those that are replaced', () => {
  expect(changesFor(LINES, [replace(1, 2, 'B')])).toEqual([
    { range: { start: { line: 1, character: 0 }, end: { line: 1, character: 1 } }, text: 'B' },
  ]);
});
