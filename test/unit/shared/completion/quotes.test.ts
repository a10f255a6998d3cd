import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withoutQuoted } from '../../../../src/shared/completion/quotes.ts';

describe('a text without what is quoted', () => {
  it.each([
    ['a string', 'f("a)", b)', 'f(    , b)'],
    ['a string with an escaped quote', String.raw`f('a\')', b)`, 'f(      , b)'],
    ['one that nothing closes stays', 'f("a)', 'f("a)'],
    ['one that the line does not close stays', 'f("a\n")', 'f("a\n")'],
    ['an escaped quote begins none', String.raw`a\"b" c"`, String.raw`a\"b    `],
    ['a string of Python', "f(rb'a)')", 'f(rb    )'],
    ['an apostrophe', "it's (a) dog's", "it's (a) dog's"],
    ['a lifetime', "fn f<'a>(x: &'a str)", "fn f<'a>(x: &'a str)"],
    ['a character', "x == 'a'", 'x ==    '],
    ['a template', 'f(`a)`)', 'f(    )'],
  ])('%s', (_what, text, expected) => expect(withoutQuoted(text)).toBe(expected));

  it('is as long, and has no character that was not there', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', '"', "'", '`', '\\', '(', '\n', ' ') }), (text) => {
        const bare = withoutQuoted(text);
        expect(bare).toHaveLength(text.length);
        for (let at = 0; at < text.length; at++) expect([' ', text[at]]).toContain(bare[at]);
      }),
    );
  });
});
