import { describe, expect, it } from 'vitest';
import { highlight } from '../../../src/webview/code/highlight.ts';
import type { CodeLine, TokenKind } from '../../../src/webview/code/tokens.ts';
import { readTokens } from '../../../src/webview/code/tokens.ts';

const read = (code: string, language: string): readonly CodeLine[] => [...highlight(code, language)].flat();
const textOf = (lines: readonly CodeLine[]): string =>
  lines
    .flat()
    .map(({ text }) => text)
    .join('');
/** What has a kind, with it. */
const kinds = (code: string, language: string): Readonly<Record<string, TokenKind | undefined>> =>
  Object.fromEntries(
    read(code, language)
      .flat()
      .map(({ text, kind }) => [text.trim(), kind]),
  );

/** A line in each language that has to be known, by the names that models give it; each holds the word that gets a colour. */
const SAMPLES: readonly (readonly [names: string, code: string, word: string])[] = [
  ['ts typescript tsx mts TypeScript typescriptreact', 'const a = 1;', 'const'],
  ['js javascript jsx mjs cjs', 'const a = 1;', 'const'],
  ['python py', 'return None', 'return'],
  ['java', 'return null;', 'return'],
  ['kotlin kt kts', 'return null', 'return'],
  ['c h', 'return 0;', 'return'],
  ['cpp c++ cc hpp', 'return 0;', 'return'],
  ['csharp c# cs', 'return null;', 'return'],
  ['go golang', 'return nil', 'return'],
  ['rust rs', 'return 1;', 'return'],
  ['ruby rb', 'return nil', 'return'],
  ['php', '<?php return 1;', 'return'],
  ['swift', 'return nil', 'return'],
  ['sql postgresql mysql sqlite', 'SELECT 1', 'SELECT'],
  ['bash sh zsh shellscript', 'if true; then', 'if'],
  ['console shell', '$ echo 1', 'echo'],
  ['powershell ps1 pwsh', 'return 1', 'return'],
  ['json jsonc jsonl', '{ "a": true }', '"a"'],
  ['yaml yml', 'a: true', 'a:'],
  ['toml ini', 'a = 1', '1'],
  ['xml html svg xhtml vue', '<a b="c">', '"c"'],
  ['css', 'a { color: red }', 'color'],
  ['scss less', 'a { color: red }', 'color'],
  ['markdown md', '# a', '# a'],
  ['diff patch', '+ a', '+ a'],
  ['dockerfile docker', 'FROM node', 'FROM'],
  ['makefile make mk', 'ifeq (a, b)', 'ifeq'],
  ['lua', 'return nil', 'return'],
  ['r', 'if (TRUE) 1', 'if'],
  ['scala', 'return 1', 'return'],
  ['dart', 'return 1;', 'return'],
];
const NAMED = SAMPLES.flatMap(([names, code, word]) => names.split(' ').map((name) => [name, code, word] as const));

describe('colours for code', () => {
  it.each(NAMED)('%s is known', (name, code, word) => {
    expect(kinds(code, name)[word]).toBeDefined();
  });

  it.each(['', 'klingon', '"onmouseover="x', '__proto__', 'constructor', 'toString', '<b>'])('%j is not, and stays plain', (name) => {
    expect(read('const a = 1;', name)).toEqual([]);
  });

  it('tells the parts of a program from each other', () => {
    expect(kinds("class A { get(x: string) { return 'a' + 12; } } // the end", 'ts')).toMatchObject({
      class: 'keyword',
      A: 'type',
      get: 'title',
      string: 'type',
      "'a'": 'string',
      12: 'literal',
      '// the end': 'comment',
    });
  });

  it('keeps the text as it is, to the last character', () => {
    const code = '<?php\n$a = "<b>&amp;</b>"; /* <span class="keyword"> */\n\n\tif ($a) {\n}\n?>\n<p>&lt;</p>\r\n';
    expect(textOf(read(code, 'php'))).toBe(code);
  });

  it('reads long code in slices, and loses nothing between them', () => {
    const code = Array.from({ length: 500 }, (_, n) => `/**\n * Number ${n}, "quoted.\n */\nconst a${n} = \`\n  text\n\`;\n`).join('');
    const slices = [...highlight(code, 'ts')];
    expect(slices.length).toBeGreaterThan(10);
    expect(textOf(slices.flat())).toBe(code);
    const kindsOf = (text: string): readonly unknown[] =>
      slices
        .flat(2)
        .filter((token) => token.text.trim() === text)
        .map(({ kind }) => kind);
    expect(new Set(kindsOf('const'))).toEqual(new Set(['keyword']));
    expect(new Set(kindsOf('text'))).toEqual(new Set(['string']));
    expect(kindsOf('const')).toHaveLength(500);
  });

  it('reads on behind a comment that is longer than a slice', () => {
    const code = `/*\n${'a comment\n'.repeat(500)}*/\nreturn;\n`;
    expect(kinds(code, 'java')).toMatchObject({ return: 'keyword', '*/': 'comment' });
  });

  it('leaves the rest plain when a comment has no end', () => {
    const lines = read(`return;\n/*\n${'a comment\n'.repeat(5000)}`, 'java');
    expect(textOf(lines)).toBe('return;\n');
  });

  it.each([
    ['a line like a page', `a = "${'x'.repeat(3000)}"`],
    ['more than a megabyte', 'a = 1;\n'.repeat(150_000)],
  ])('leaves %s plain', (_, code) => {
    expect(read(code, 'js')).toEqual([]);
  });
});

describe('what the highlighter gives', () => {
  it('is read into tokens; what has no colour of its own looks like what it stands in', () => {
    expect(
      readTokens('a <span class="string">b <span class="subst">c</span> <span class="unheard-of">d</span></span>\n&lt;').lines,
    ).toEqual([
      [
        { text: 'a ', kind: undefined },
        { text: 'b ', kind: 'string' },
        { text: 'c', kind: undefined },
        { text: ' ', kind: 'string' },
        { text: 'd', kind: 'string' },
        { text: '\n', kind: undefined },
      ],
      [{ text: '<', kind: undefined }],
    ]);
  });

  it('tells where one may begin anew', () => {
    expect(readTokens('a\n<span class="comment">b\nc</span>\nd').whole).toBe(3);
    expect(readTokens('a\n<span class="comment">b\nc</span>').whole).toBe(1);
  });
});
