import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutText } from '../../../src/shared/cut-text.ts';

describe('a text that is cut', () => {
  it('stays as it is where it is short enough', () => {
    expect(cutText('one\ntwo', 7)).toEqual({ text: 'one\ntwo', isCut: false });
  });

  it('ends with a whole line', () => {
    expect(cutText('one\ntwo\nthree', 9)).toEqual({ text: 'one\ntwo\n', isCut: true });
    expect(cutText('one\ntwo\nthree', 8)).toEqual({ text: 'one\ntwo\n', isCut: true });
    expect(cutText('one\r\ntwo', 6)).toEqual({ text: 'one\r\n', isCut: true });
  });

  it('ends within a line that is too long by itself', () => {
    expect(cutText('abcdef\n', 4)).toEqual({ text: 'abcd', isCut: true });
  });

  it('is no longer than it may be, begins as the text does, and has no half characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', '\n', '🙂') }), fc.integer({ min: 2, max: 20 }), (text, longest) => {
        const cut = cutText(text, longest);
        expect(cut.text.length).toBeLessThanOrEqual(longest);
        expect(text.startsWith(cut.text)).toBe(true);
        expect(cut.text.isWellFormed()).toBe(true);
        expect(cut.isCut).toBe(cut.text !== text);
        expect(cut.text === '').toBe(text === '');
      }),
    );
  });
});
