import { describe, expect, it } from 'vitest';
import { codeAtCursor } from '../../../../src/shared/edits/code-at-cursor.ts';

const BY_FOUR = ['def a():', '    if b:', '        c()'];
const BY_TABS = ['func a() {', '\tb()', '}'];

describe('code at a cursor', () => {
  it.each([
    ['at the margin as it is', 'if (a) {\n  b();\n}', '', ['x {', '  y', '}'], 'if (a) {\n  b();\n}'],
    ['as deep as the line', 'if (a) {\n  b();\n}', '  ', ['x {', '  y', '}'], '  if (a) {\n    b();\n  }'],
    ['in the unit of the document', 'if a:\n  b()', '    ', BY_FOUR, '    if a:\n        b()'],
    ['in tabs', 'if a {\n    b()\n}', '\t', BY_TABS, '\tif a {\n\t\tb()\n\t}'],
    ['without the indentation that it was written with', '    a();\n    b();', '  ', ['x {', '  y', '}'], '  a();\n  b();'],
    ['behind a text in its line', '{\n  a: 1,\n}', '  const b = ', ['x {', '  y', '}'], '{\n    a: 1,\n  }'],
    [
      'with comments aligned',
      '/**\n * A.\n */\nf() {\n  g();\n}',
      '    ',
      BY_FOUR,
      '    /**\n     * A.\n     */\n    f() {\n        g();\n    }',
    ],
    ['a word within a line', 'total', 'return ', [], 'total'],
    ['with blank lines that stay blank', 'a\n\nb', '  ', [], '  a\n\n  b'],
    ['with line feeds only', 'a\r\nb', '', [], 'a\nb'],
  ])('%s', (_name, code, before, around, expected) => {
    expect(codeAtCursor(code, { before, after: '' }, around)).toEqual({ code: expected, gap: '' });
  });

  it('stands above the text that it is inserted before, as deep as that', () => {
    expect(codeAtCursor('a();\nb();', { before: '', after: '  return 1;' }, [])).toEqual({ code: '  a();\n  b();', gap: '\n' });
    expect(codeAtCursor('a();\nb();', { before: '  ', after: 'return 1;' }, [])).toEqual({ code: '  a();\n  b();', gap: '\n  ' });
  });

  it('stays in its line where it is a part of one', () => {
    expect(codeAtCursor('a + ', { before: '', after: 'b;' }, [])).toEqual({ code: 'a + ', gap: '' });
  });
});
