import { describe, expect, it } from 'vitest';
import { FollowedLines } from '../../../../src/shared/edits/followed-lines.ts';
import type { Hunk } from '../../../../src/shared/edits/line-diff.ts';
import type { TextChange } from '../../../../src/shared/edits/text-change.ts';

const LINES = ['zero', 'one', 'two', 'three', ''];

/** Written `line:character-line:character`. */
function change(range: string, text: string): TextChange {
  const [start, end] = range.split('-').map((position) => {
    const [line, character] = position.split(':').map(Number);
    return { line: line!, character: character! };
  });
  return { range: { start: start!, end: end ?? start! }, text };
}

function after(...changes: readonly TextChange[]): FollowedLines {
  const followed = new FollowedLines(LINES);
  for (const one of changes) followed.change(one);
  return followed;
}

const of = (start: number, ...removed: readonly string[]): Hunk => ({ start, removed, added: ['new'] });
const at = (start: number, end: number): { readonly start: number; readonly end: number } => ({ start, end });

describe('lines that are followed', () => {
  it.each<readonly [string, TextChange, number]>([
    ['a line comes above', change('0:0', 'new\n'), 3],
    ['a line comes right above', change('2:0', 'new\n'), 3],
    ['somebody presses Enter at the end of the line above', change('1:3', '\n  '), 3],
    ['a line comes right below', change('3:0', 'new\n'), 2],
    ['somebody presses Enter at their end', change('2:3', '\n'), 2],
    ['the line above goes', change('1:0-2:0', ''), 1],
    ['the line above goes with the line end before it', change('0:4-1:3', ''), 1],
    ['the line below goes', change('2:3-3:5', ''), 2],
    ['the line above is edited', change('1:1-1:2', 'xyz'), 2],
    ['the whole text is replaced by nearly the same', change('0:0-4:0', 'zero\none\ntwo\nthree\nmore'), 2],
    ['the whole text comes with other line ends', change('0:0-4:0', LINES.join('\r\n')), 2],
  ])('are found when %s', (_name, one, start) => {
    expect(after(one).placeOf(of(2, 'two'))).toEqual(at(start, start + 1));
  });

  it.each([
    ['one of them is edited', change('2:1', 'x')],
    ['one of them goes', change('2:0-3:0', '')],
    ['one of them goes with the line end before it', change('1:3-2:3', '')],
    ['a line comes between them', change('2:0', 'new\n')],
    ['somebody presses Enter in one', change('2:1', '\n')],
    ['they become one line', change('1:3-2:0', '')],
    ['the line above is joined to the first', change('0:4-1:0', '')],
    ['the line below is joined to the last', change('2:3-3:0', ' ')],
    ['all around is replaced, where the same lines may be by chance', change('0:0-4:0', 'a\none\ntwo\nb\n')],
    ['a text is put before the first, and no line end behind it', change('1:0', 'new\nx')],
  ])('are touched when %s', (_name, one) => {
    expect(after(one).placeOf(of(1, 'one', 'two'))).toBeUndefined();
  });

  it('are untouched again when what was typed is taken back', () => {
    expect(after(change('2:1', 'x'), change('2:1-2:2', '')).placeOf(of(2, 'two'))).toEqual(at(2, 3));
  });

  it('are not taken for others that say the same', () => {
    const followed = new FollowedLines(['same', 'same', 'same', 'end']);
    followed.change(change('1:0-2:0', ''));
    expect(followed.placeOf(of(0, 'same', 'same'))).toBeUndefined();
    expect(followed.placeOf(of(2, 'same', 'end'))).toEqual(at(1, 3));
  });

  it('are followed through several changes of one event, of which the last place comes first', () => {
    const followed = after(change('3:0', 'b\nb\n'), change('1:0', 'a\n'));
    expect(followed.lines).toEqual(['zero', 'a', 'one', 'two', 'b', 'b', 'three', '']);
    expect([followed.placeOf(of(1, 'one', 'two')), followed.placeOf(of(3, 'three'))]).toEqual([at(2, 4), at(6, 7)]);
  });

  it('are found in a text that came about unseen, as far as it is the same at its ends', () => {
    const followed = new FollowedLines(LINES);
    followed.become(['new', 'zero', 'one', 'other', 'three', '']);
    expect([followed.placeOf(of(0, 'zero')), followed.placeOf(of(2, 'two')), followed.placeOf(of(3, 'three'))]).toEqual([
      undefined,
      undefined,
      at(4, 5),
    ]);
  });
});

describe('the place between two lines', () => {
  it.each<readonly [string, TextChange, number]>([
    ['a line comes above them', change('1:0', 'new\n'), 3],
    ['a line comes below them', change('3:0', 'new\n'), 2],
    ['they are edited', change('1:0-1:1', 'O'), 2],
  ])('is known when %s', (_name, one, place) => {
    expect(after(one).placeOf(of(2))).toEqual(at(place, place));
  });

  it.each([
    ['a line comes between them', change('2:0', 'new\n')],
    ['the upper one goes', change('1:0-2:0', '')],
    ['the lower one goes', change('2:0-3:0', '')],
    ['the upper one loses its beginning with all above', change('0:0-1:1', '')],
    ['the lower one loses its end with all below', change('2:1-4:0', '')],
    ['they become one', change('1:3-2:0', '')],
  ])('is not when %s', (_name, one) => {
    expect(after(one).placeOf(of(2))).toBeUndefined();
  });

  it('is the beginning or the end of the text as long as nothing comes there', () => {
    expect(after().placeOf(of(0))).toEqual(at(0, 0));
    expect(after().placeOf(of(5))).toEqual(at(5, 5));
    expect(after(change('0:0', 'new\n')).placeOf(of(0))).toBeUndefined();
    expect(after(change('4:0', '\nnew')).placeOf(of(5))).toBeUndefined();
  });
});

describe('what remains of lines', () => {
  it.each<readonly [string, TextChange, { readonly start: number; readonly end: number } | undefined]>([
    ['moves with them', change('0:0', 'new\n'), at(2, 5)],
    ['grows with what comes between them', change('2:0', 'new\n'), at(1, 5)],
    ['shrinks with what goes', change('2:0-4:0', ''), at(1, 2)],
    ['is nothing when all of them go', change('0:4-4:0', '\n'), undefined],
  ])('%s', (_name, one, range) => {
    expect(after(one).remainsOf(at(1, 4))).toEqual(range);
  });
});
