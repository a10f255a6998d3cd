import fc from 'fast-check';
import { Marked, type Tokens } from 'marked';
import { describe, expect, it } from 'vitest';
import { NO_BLOCKS, splitBlocks, type Block, type BlockedText } from '../../../src/webview/markdown/blocks.ts';

const all = ({ settled, open }: BlockedText): readonly Block[] => [...settled, ...open];

/** The blocks of a text and of all that is in it, whether they have settled or not. */
const tree = (text: BlockedText): readonly unknown[] =>
  all(text).map((block) => {
    if (block.kind === 'list') return { ...block, items: block.items.map(tree) };
    return block.kind === 'quote' ? { ...block, text: tree(block.text) } : block;
  });

const marked = new Marked({
  renderer: { checkbox: ({ checked }) => (checked ? '☑ ' : '☐ ') },
  // Behind a list in an item, the parser frames paragraphs of a tight list, too; CommonMark does not.
  walkTokens(token) {
    if (token.type !== 'list' || token.loose) return;
    for (const part of (token as Tokens.List).items.flatMap((item) => item.tokens)) if (part.type === 'paragraph') part.type = 'text';
  },
});

/** What is drawn, to compare it with what the parser makes of a whole text. */
function htmlOf(text: BlockedText, isTight = false): string {
  const htmlOfBlock = (block: Block): string => {
    switch (block.kind) {
      case 'paragraph':
        return isTight ? marked.parseInline(block.source.trimEnd(), { async: false }) : marked.parse(block.source, { async: false });
      case 'prose':
        return marked.parse(block.source, { async: false });
      case 'plain':
        return block.text;
      case 'code':
        return marked.parser([{ type: 'code', raw: '', text: block.code, lang: block.info }]);
      case 'quote':
        return `<blockquote>${htmlOf(block.text)}</blockquote>`;
      case 'list': {
        const items = block.items.map((item) => `<li>${htmlOf(item, !block.isLoose)}</li>`).join('');
        if (block.start === undefined) return `<ul>${items}</ul>`;
        return `<ol${block.start === 1 ? '' : ` start="${block.start}"`}>${items}</ol>`;
      }
    }
  };
  return all(text).map(htmlOfBlock).join('');
}

/** White space between blocks is not seen. */
const seen = (html: string): string =>
  html
    .replace(/\s*(<pre>[^]*?<\/pre>|<\/?(?:p|ul|ol|li|blockquote|h\d|hr|table)\b[^>]*>)\s*|\s+/g, (_, block?: string) => block ?? ' ')
    .trim();
const whole = (text: string): string => seen(marked.parse(text, { async: false }));
const streamed = (text: string, cuts: readonly number[]): BlockedText => {
  const ends = [...cuts.map((cut) => Math.min(cut, text.length)), text.length].sort((a, b) => a - b);
  return ends.reduce((state, end) => splitBlocks(state, text.slice(0, end)), NO_BLOCKS);
};

/** Lines that begin, continue or end blocks of every kind. */
const LINES = [
  ...['', '', 'text', '# heading', '===', '---', '- item', '  more of the item', '1. first', '    indented', '\tdeep'],
  ...[
    '```ts',
    '```',
    '~~~',
    '````',
    ' ```',
    '``` x',
    '> quote',
    '| a | b |',
    '| - | - |',
    '<div>',
    '</div>',
    '<!-- note',
    '-->',
    '[x]: https://a.example',
    '***',
  ],
];
/** Lines of lists, as they are written. */
const LIST_LINES = [
  ...['', '', '- item', '- item', '  more', '- [x] done', '- [ ] to do', '1. first', '1. first', '   more', '7. seventh', '* other'],
  ...['  - inner', '  - inner', '   - inner', '    more', '    - innermost', '   1. numbered', '      more', '-', '  **bold', '  text**'],
  ...['   ```ts', '   let a;', '   ```', '  ```', '  code', '', '  # heading', '  > quote', '   | a | b |', '   | - | - |', 'text'],
];
const lists = fc.array(fc.constantFrom(...LIST_LINES), { maxLength: 16 }).map((lines) => lines.join('\n'));
const cuts = fc.array(fc.nat(200), { maxLength: 8 });
const markdown = fc.array(fc.constantFrom(...LINES), { maxLength: 14 }).map((lines) => lines.join('\n'));

describe('splitting an answer into blocks', () => {
  it('settles every block but the last', () => {
    const text = splitBlocks(NO_BLOCKS, '# Title\n\nFirst.\n\n```ts\nlet a;\n```\n\nLast one\n');
    expect(text.settled).toEqual([
      { kind: 'prose', source: '# Title' },
      { kind: 'paragraph', source: 'First.' },
      { kind: 'code', code: 'let a;', language: 'ts', info: 'ts', closed: true },
    ]);
    expect(text.open).toEqual([{ kind: 'paragraph', source: 'Last one\n' }]);
  });

  it('keeps settled blocks the same objects while the answer grows', () => {
    const before = splitBlocks(NO_BLOCKS, 'One.\n\nTwo,\n');
    const after = splitBlocks(before, 'One.\n\nTwo,\nand\n\nThree\n');
    expect(after.settled[0]).toBe(before.settled[0]);
    expect(after.settled).toHaveLength(2);
  });

  it('keeps the items of a list the same objects, too, and what has settled in the last of them', () => {
    const itemsOf = (text: BlockedText): readonly BlockedText[] => text.open.flatMap((block) => (block.kind === 'list' ? block.items : []));
    const one = '1. One\n2. Two:\n\n   ```ts\n   let a;\n   ```\n\n   And\n   so\n';
    const first = splitBlocks(NO_BLOCKS, one);
    const second = splitBlocks(first, `${one}   more.\n3. Three\n`);
    const third = splitBlocks(second, `${one}   more.\n3. Three\n4. Four`);
    expect(itemsOf(third)).toHaveLength(4);
    expect(itemsOf(third)[0]).toBe(itemsOf(second)[0]);
    expect(itemsOf(third)[1]).toBe(itemsOf(second)[1]);
    expect(itemsOf(first)[1]?.settled).toMatchObject([{ source: 'Two:' }, { code: 'let a;', closed: true }]);
    expect(itemsOf(second)[1]?.settled[1]).toBe(itemsOf(first)[1]?.settled[1]);
  });

  it('gives the same blocks however the answer came in', () => {
    fc.assert(
      fc.property(fc.oneof(markdown, lists), cuts, (text, at) => {
        expect(tree(streamed(text, at))).toEqual(tree(splitBlocks(NO_BLOCKS, text)));
      }),
      { numRuns: 500 },
    );
  });

  it('draws lists and quotes as the parser does that reads all at once', () => {
    fc.assert(
      fc.property(lists, cuts, (text, at) => {
        expect(seen(htmlOf(streamed(text, at)))).toBe(whole(text));
      }),
      { numRuns: 500 },
    );
  });

  it('reads lists in lists up to a depth, and shows what is deeper as it is', () => {
    const nested = Array.from({ length: 400 }, (_, depth) => `${'  '.repeat(depth)}- ${depth}`).join('\n');
    const html = seen(htmlOf(streamed(nested, [1_000, 2_000, 4_000, 80_000])));
    expect(html.match(/<ul>/g)).toHaveLength(11);
    expect(html).toContain('<li>9<ul><li>10 - 11');
    expect(html).toContain('- 399');
  });

  it('shows the code of a fence that is not closed yet', () => {
    expect(splitBlocks(NO_BLOCKS, '```python title=x\nprint(1)\n').open).toEqual([
      { kind: 'code', code: 'print(1)', language: 'python', info: 'python title=x', closed: false },
    ]);
  });

  it.each(['```ts\na\n```', '~~~\na\n~~~~\n', '````\n```\n````'])('knows that the fence of %j is closed', (text) => {
    expect(splitBlocks(NO_BLOCKS, text).open).toMatchObject([{ closed: true }]);
  });

  it.each(['```ts\na\n``', '```ts\na\n~~~', '````\n```\n', '```ts', '    indented'])('and that of %j is not', (text) => {
    expect(splitBlocks(NO_BLOCKS, text).open).toMatchObject([{ kind: 'code', closed: false }]);
  });

  it('reads only what is new of long code', () => {
    const lines = 'let a = 1;\n'.repeat(5000);
    const before = splitBlocks(NO_BLOCKS, `Look:\n\n\`\`\`ts\n${lines}`);
    expect(before.fence).toMatchObject({ marker: '```', lastLine: 6 + lines.length });
    const after = splitBlocks(before, `Look:\n\n\`\`\`ts\n${lines}let b;`);
    expect(after.open).toEqual([{ kind: 'code', code: `${lines}let b;`, language: 'ts', info: 'ts', closed: false }]);
    expect(after.fence).toEqual(before.fence);
  });

  it('starts over when the answer is another one', () => {
    const before = splitBlocks(NO_BLOCKS, 'One.\n\nTwo.\n\nThree.');
    expect(all(splitBlocks(before, 'Else.'))).toEqual([{ kind: 'paragraph', source: 'Else.' }]);
  });

  it('reads carriage returns as line ends', () => {
    expect(all(splitBlocks(NO_BLOCKS, 'One.\r\n\r\nTwo.'))).toEqual(all(splitBlocks(NO_BLOCKS, 'One.\n\nTwo.')));
  });

  it.each([
    ['a line of 200 kB', 'x'.repeat(200_000)],
    ['brackets without end', '['.repeat(200_000)],
    ['quotes in quotes in quotes', '>'.repeat(5000)],
    ['lists in lists in lists', '1. '.repeat(5000)],
    ['a paragraph without end', 'word\n'.repeat(20_000)],
  ])('shows %s as it is', (_, text) => {
    expect(all(splitBlocks(NO_BLOCKS, text))).toEqual([{ kind: 'plain', text }]);
  });
});
