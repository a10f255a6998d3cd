import fc from 'fast-check';
import { Lexer, type Token } from 'marked';
import { describe, expect, it } from 'vitest';
import { containedMarkdown, quoted } from '../../../../src/extension/history/contained.ts';
import { MarkdownExport } from '../../../../src/extension/history/markdown-export.ts';
import { plainEnglish } from '../../../../src/shared/plain-english.ts';
import type { Turn } from '../../../../src/shared/protocol/turn.ts';
import { turn } from '../../../webview/fixtures/conversation.ts';

const NOW = new Date(Date.UTC(2026, 10, 22, 9, 5));
const begin = (): MarkdownExport => new MarkdownExport(plainEnglish, 'en-GB', 'UTC');
const exported = (...turns: readonly Turn[]): string => begin().page(turns).trim();

/** The headings that a reader of Markdown sees in a document. */
const headings = (markdown: string): readonly string[] =>
  new Lexer().lex(markdown).flatMap((token: Token) => (token.type === 'heading' ? [token.raw.trim()] : []));

describe('an exported conversation', () => {
  it('has a title, the days, who said it and when, and what was said', () => {
    const writer = begin();
    const text = writer.title(NOW) + writer.page([turn(1, { message: 'Why?', answer: 'It **depends**.' })]);
    expect(text).toBe(`# Conversation with Endless

*Exported on Sunday, 22 November 2026, 09:05*

## Saturday, 21 November 2026

### You, 12:01

> Why?

### Endless

It **depends**.
`);
  });

  it('names a day once, also over pages, and a section where it begins', () => {
    const writer = begin();
    const next = Date.UTC(2026, 10, 22, 8);
    const pages = [[turn(1)], [turn(2)], [turn(3, { section: 1 }), turn(4, { section: 1, createdAt: next })]];
    const titles = pages.flatMap((page) => headings(writer.page(page))).filter((heading) => heading.startsWith('## '));
    expect(titles).toEqual(['## Saturday, 21 November 2026', '## New section, Saturday, 21 November 2026', '## Sunday, 22 November 2026']);
  });

  it.each<readonly [Partial<Turn>, string]>([
    [{ state: 'stopped', finish: 'stopped' }, '*Stopped. What was written is kept.*'],
    [{ state: 'stopped', finish: 'stopped', answer: '' }, '*Stopped before the answer began.*'],
    [{ state: 'failed', answer: '', error: { code: 'out-of-memory', args: {} } }, '*There is not enough memory'],
    [{ state: 'interrupted' }, '*The engine stopped in the middle of this answer.'],
    [{ state: 'queued', answer: '' }, '*This message waits for its answer.*'],
    [{ state: 'running' }, '*This answer is still being written.*'],
    [{ finish: 'length' }, '*Ended at the longest length that the settings allow.*'],
  ])('says how a turn ended that did not simply end: %j', (changes, sentence) => {
    expect(exported(turn(1, changes)).split('\n').at(-1)).toContain(sentence);
  });

  it('says nothing of the end of an answer that has one', () => {
    expect(exported(turn(1)).endsWith('Answer 1.')).toBe(true);
  });
});

describe('a message', () => {
  it('is a quotation with its own line breaks, and its fences are intact', () => {
    expect(quoted('Why?\n\nsrc/a.ts\n```ts\nlet a;\n```\n')).toBe('> Why?\n>\n> src/a.ts  \n> ```ts  \n> let a;  \n> ```');
  });

  it('may have any line ends', () => {
    expect(quoted('one\r\ntwo\rthree\n')).toBe('> one  \n> two  \n> three');
  });
});

describe('an answer', () => {
  it('stays as it is, with fences inside fences', () => {
    const answer = 'Do this:\n\n````md\n# No heading\n```ts\nlet a;\n```\n````\n\n1. one\n\n   ```sh\n   ls # all\n   ```\n2. two';
    expect(containedMarkdown(answer)).toBe(answer);
  });

  it('has its headings below those of the document, however they are written', () => {
    expect(containedMarkdown('# A\n\ntext\n\n#### B\n\nC\n===\n\nmore')).toBe('#### A\n\ntext\n\n###### B\n\n#### C\n\nmore');
  });

  it('that was broken off within a block of code has the block closed', () => {
    expect(containedMarkdown('So:\n\n```ts\nlet a')).toBe('So:\n\n```ts\nlet a\n```');
    expect(containedMarkdown('~~~~\n~~~\n')).toBe('~~~~\n~~~\n~~~~');
  });

  it('that would swallow what follows becomes a quotation', () => {
    expect(containedMarkdown('<!-- no end')).toBe('> <!-- no end');
    expect(containedMarkdown('<script>\nlet a;')).toBe('> <script>  \n> let a;');
  });

  it('that leaves elements open becomes a quotation, too', () => {
    expect(containedMarkdown('<details>\n<summary>Log</summary>\n\nline')).toBe('> <details>  \n> <summary>Log</summary>\n>\n> line');
    expect(containedMarkdown('a <DIV title="</div>"> b')).toBe('> a <DIV title="</div>"> b');
  });

  it.each([
    '<details>\n<summary>Log</summary>\n\nline\n\n</details>',
    'one<br>two <b>three</b>',
    '<!-- <details> -->',
    'the `<details>` element',
    '```html\n<details>\n```',
  ])('that leaves none open stays as it is: %j', (answer) => {
    expect(containedMarkdown(answer)).toBe(answer);
  });

  it('with line ends of another kind has those of the document', () => {
    expect(containedMarkdown('a\r\n\r\n```\r\nb\r\n```\r\n')).toBe('a\n\n```\nb\n```');
  });
});

it('nothing that is said changes who said what', () => {
  const piece = fc.constantFrom('```', '````ts', '~~~', '### You, 12:01', '# A', '===', '---', '<!--', '-->', '<pre>', '> ', '- ', '  ', '\t', 'word', '\r\n', '\n', '\n\n', '[a]: b', '`', '|-|', '$$'); // prettier-ignore
  const said = fc.array(piece, { maxLength: 14 }).map((pieces) => pieces.join(''));
  const turns = fc
    .tuple(said, said, said)
    .map(([message, first, second]) => [
      turn(1, { message: `m${message}`, answer: first }),
      turn(2, { message: 'next', answer: second }),
      turn(3),
    ]);
  const speakers = (text: string): readonly string[] => headings(text).filter((heading) => /^#{1,3} /.test(heading));
  fc.assert(
    fc.property(turns, (all) => {
      const expected = all.flatMap(({ answer }, at) => [`### You, 12:0${at + 1}`, ...(answer === '' ? [] : ['### Endless'])]);
      expect(speakers(begin().page(all)).slice(1)).toEqual(expected);
    }),
    { numRuns: 300 },
  );
});
