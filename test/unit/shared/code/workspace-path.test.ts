import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pathWithin } from '../../../../src/shared/code/workspace-path.ts';

describe('a path of an answer', () => {
  it.each([
    ['src/a.ts', 'src/a.ts'],
    ['./src/a.ts', 'src/a.ts'],
    ['src\\lib\\a.ts', 'src/lib/a.ts'],
    ['src//a.ts', 'src/a.ts'],
    ['src/../lib/a.ts', 'lib/a.ts'],
    ['src/[id]/page.tsx', 'src/[id]/page.tsx'],
    ['.github/workflows/ci.yml', '.github/workflows/ci.yml'],
    ['my file.ts', 'my file.ts'],
    ['.gitignore', '.gitignore'],
  ])('%j leads to %j', (path, within) => {
    expect(pathWithin(path)).toBe(within);
  });

  it.each([
    ['', 'nothing'],
    ['.', 'the folder itself'],
    ['src/', 'a folder'],
    ['src/..', 'a folder'],
    ['..', 'above'],
    ['../a.ts', 'above'],
    ['src/../../a.ts', 'above, by a way through it'],
    ['src\\..\\..\\a.ts', 'above, with backslashes'],
    ['/etc/passwd', 'an absolute path'],
    ['\\\\server\\share\\a.ts', 'another machine'],
    ['//server/share/a.ts', 'another machine'],
    ['C:\\a.ts', 'a drive'],
    ['c:a.ts', 'a drive'],
    ['~/a.ts', 'the home folder'],
    ['file:///etc/passwd', 'an address'],
    ['a.ts:stream', 'a stream of a file'],
    ['.git/hooks/pre-commit', 'what Git runs'],
    ['sub/.GIT/config', 'what Git runs'],
    ['git~1/config', 'what Git runs'],
    ['con.ts', 'a device'],
    ['src/NUL', 'a device'],
    ['a.ts.', 'a name that ends with a dot'],
    ['a.ts ', 'a name that ends with a space'],
    ['src/a\u202ets.exe', 'a name that reads backwards'],
    ['a\u0000.ts', 'a control character'],
    ['a\n.ts', 'two lines'],
    ['a?.ts', 'a pattern'],
  ])('%j leads nowhere: %s', (path) => {
    expect(pathWithin(path)).toBeUndefined();
  });

  it('never leaves the folder, whatever it is made of', () => {
    const piece = fc.constantFrom('..', '.', 'a', '/', '\\', '', ' ', '.git', '~', ':', 'b.ts', '...');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 9 }), (pieces) => {
        const within = pathWithin(pieces.join(''));
        if (within === undefined) return;
        expect(new URL(within.replaceAll('%', '%25'), 'file:///folder/').pathname).toMatch(/^\/folder\/./);
        expect(within.split('/')).not.toContain('..');
      }),
      { numRuns: 2000 },
    );
  });
});
