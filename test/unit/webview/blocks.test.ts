import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NO_BLOCKS, splitBlocks, type Block, type BlockedText } from '../../../src/webview/markdown/blocks.ts';

const all = ({ settled, open }: BlockedText): readonly Block[] => [...settled, ...open];

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
const markdown = fc.array(fc.constantFrom(...LINES), { maxLength: 14 }).map((lines) => lines.join('\n'));

describe('splitting an answer into blocks', () => {
  it('settles every block but the last', () => {
    const text = splitBlocks(NO_BLOCKS, '# Title\n\nFirst.\n\n```ts\nlet a;\n```\n\nLast one\n');
    expect(text.settled).toEqual([
      { kind: 'prose', source: '# Title' },
      { kind: 'prose', source: 'First.' },
      { kind: 'code', code: 'let a;', language: 'ts', info: 'ts', closed: true },
    ]);
    expect(text.open).toEqual([{ kind: 'prose', source: 'Last one\n' }]);
  });

  it('keeps settled blocks the same objects while the answer grows', () => {
    const before = splitBlocks(NO_BLOCKS, 'One.\n\nTwo,\n');
    const after = splitBlocks(before, 'One.\n\nTwo,\nand\n\nThree\n');
    expect(after.settled[0]).toBe(before.settled[0]);
    expect(after.settled).toHaveLength(2);
  });

  it('gives the same blocks however the answer came in', () => {
    fc.assert(
      fc.property(markdown, fc.array(fc.nat(200), { maxLength: 8 }), (text, cuts) => {
        const ends = [...cuts.map((cut) => Math.min(cut, text.length)), text.length].sort((a, b) => a - b);
        const streamed = ends.reduce((state, end) => splitBlocks(state, text.slice(0, end)), NO_BLOCKS);
        expect(all(streamed)).toEqual(all(splitBlocks(NO_BLOCKS, text)));
      }),
      { numRuns: 500 },
    );
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
    expect(all(splitBlocks(before, 'Else.'))).toEqual([{ kind: 'prose', source: 'Else.' }]);
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
