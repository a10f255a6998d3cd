import { describe, expect, it } from 'vitest';
import { endOf, extentAt, type Extent, type Place } from '../../../../src/engine/completion/extent.ts';

/** `‸` stands for the cursor. */
function place(text: string): Place {
  const [before = '', after = ''] = text.split('‸');
  return { path: 'a.ts', before, after };
}

describe('how much to write', () => {
  it.each([
    ['the rest of a statement', 'const a = ‸\n', 'line'],
    ['in the middle of a line', 'const a = ‸ + b;\n', 'line'],
    ['in the middle of a line whose block opens', 'if (‸) {\n}\n', 'line'],
    ['behind an opening brace', 'function f() {‸', 'block'],
    ['behind an opening brace that the editor closed', 'function f() {‸}', 'block'],
    ['behind an arrow', 'const f = (a) => ‸', 'block'],
    ['behind a colon', 'def f(a):‸', 'block'],
    ['behind "then"', 'if a then‸', 'block'],
    ['on an empty line in an empty block', 'function f() {\n  ‸\n}\n', 'block'],
    ['below a comment', '// adds two numbers\n‸\n', 'block'],
    ['on an empty line among statements', 'const a = 1;\n‸\nconst b = 2;\n', 'line'],
    ['in an empty file', '‸', 'block'],
    ['behind an opened argument', 'f(‸)', 'block'],
  ])('%s', (_what, text, kind) => {
    expect(extentAt(place(text), false).kind).toBe(kind);
  });

  it('is more for who asks for it', () => {
    const [asked, unasked] = [true, false].map((explicit) => extentAt(place('const a = ‸\n'), explicit));
    expect(asked!.kind).toBe('block');
    expect(asked!.mostTokens).toBeGreaterThan(unasked!.mostTokens);
  });

  it('is the line for who asks in the middle of one', () => {
    expect(extentAt(place('f(‸ + b)\n'), true).kind).toBe('line');
  });
});

describe('the end of what was written', () => {
  const line: Extent = { kind: 'line', mostLines: 2, mostTokens: 48 };
  const block: Extent = { kind: 'block', mostLines: 6, mostTokens: 128 };

  it.each<[string, Extent, string, string, string | undefined]>([
    ['a line is over at its line break', line, 'const a = ‸', '1;\nconst b', '1;'],
    ['a line goes on before that', line, 'const a = ‸', '1', undefined],
    ['an empty line is the next one', line, 'a;\n‸', '\nb;\nc', '\nb;'],
    ['a block is over when its bracket is closed', block, 'function f() {‸', '\n  return 1;\n}\n\nf', '\n  return 1;\n}'],
    ['a quoted bracket closes nothing', block, "if (c === ')') {‸", '\n  a;\n\n  b;\n', undefined],
    ['a block goes on inside its brackets', block, 'function f() {‸', '\n  a;\n\n  b;\n', undefined],
    ['a block inside a block is over where a line stands further left', block, '{\n  ‸\n}', 'a;\n  b;\n}', 'a;\n  b;'],
    ['an inner block belongs to it', block, '{\n  ‸\n}', 'if (a) {\n    b;\n  }\n', 'if (a) {\n    b;\n  }'],
    ['a block that a colon opens is over where a line stands as far left', block, 'def f(a):‸', '\n    return a\ndef g', '\n    return a'],
    ['a block that a word opens has its last word', block, 'if a then‸', '\n  b\nend\nc', '\n  b\nend'],
    ['statements are over at an empty line', block, '// x\n‸', 'a;\nb;\n\nc;', 'a;\nb;'],
    ['an empty line at the start is none', block, '// x\n‸', '\na;\nb', undefined],
    ['the text behind the cursor is not written again', block, '// x\n‸\nfunction f() {', 'a;\nfunction f() {\n  b', 'a;'],
    [
      'a block has no more lines than it may',
      block,
      '{\n  ‸',
      'a;\n  a;\n  a;\n  a;\n  a;\n  a;\n  a;',
      'a;\n  a;\n  a;\n  a;\n  a;\n  a;',
    ],
  ])('%s', (_what, extent, text, written, kept) => {
    const end = endOf(written, place(text), extent);
    expect(end === undefined ? undefined : written.slice(0, end)).toBe(kept);
  });
});
