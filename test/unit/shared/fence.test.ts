import fc from 'fast-check';
import { marked, type Tokens } from 'marked';
import { describe, expect, it } from 'vitest';
import { fenced } from '../../../src/shared/fence.ts';

/** What Markdown takes a text for. */
const blocksOf = (markdown: string): Tokens.Code[] => marked.lexer(markdown) as Tokens.Code[];

/** The parser does not say how many there are. */
const withoutLastLineEnds = (text: string): string => text.replace(/\n+$/, '');

/** Texts in which fences are likely. */
const texts = fc.array(fc.constantFrom('`', '``', '```', '~~~', '\n', ' ', 'ts', 'a', '{{', '<', '&')).map((parts) => parts.join(''));

describe('a fenced text', () => {
  it('is a block of code that says what it holds', () => {
    expect(fenced('let a;\n', 'ts')).toBe('```ts\nlet a;\n```');
  });

  it('gets the line end that it lacks, and no second one', () => {
    expect(fenced('let a;', '')).toBe('```\nlet a;\n```');
    expect(fenced('let a;\r\n', '')).toBe('```\nlet a;\r\n```');
    expect(fenced('', '')).toBe('```\n```');
  });

  it('has a longer fence than any in it', () => {
    expect(fenced('```ts\nlet a;\n```', 'markdown')).toBe('````markdown\n```ts\nlet a;\n```\n````');
    expect(fenced('a ````` b', '')).toBe('``````\na ````` b\n``````');
  });

  it('cannot be ended by what it is said to hold', () => {
    expect(fenced('a', 'ts```\n')).toBe('```ts\na\n```');
  });

  it('is one block with the whole text in it, whatever the text is', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const blocks = blocksOf(fenced(text, 'x'));
        expect(blocks).toHaveLength(1);
        expect(blocks[0]).toMatchObject({ type: 'code', lang: 'x' });
        expect(withoutLastLineEnds(blocks[0]!.text)).toBe(withoutLastLineEnds(text));
      }),
    );
  });
});
