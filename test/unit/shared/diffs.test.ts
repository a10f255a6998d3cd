import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clippedDiff, newFileDiff } from '../../../src/shared/diffs.ts';

const file = (path: string, lines: number): string =>
  `diff --git a/${path} b/${path}\n--- a/${path}\n+++ b/${path}\n@@ -1,${lines} +1,${lines} @@\n${'+const answer = 42;\n'.repeat(lines)}`;

describe('a diff for a prompt', () => {
  it('stays as it is while it is short enough', () => {
    const diff = file('a.ts', 3) + file('b.ts', 4);
    expect(clippedDiff(diff, 10_000)).toBe(diff);
  });

  it('names what tools have written, and no more', () => {
    const clipped = clippedDiff(file('package-lock.json', 500) + file('a.ts', 3), 10_000);
    expect(clipped).toBe(`diff --git a/package-lock.json b/package-lock.json\n[503 more lines are left out]\n${file('a.ts', 3)}`);
  });

  it('cuts long files behind a whole line, and leaves short ones whole', () => {
    const short = file('short.ts', 2);
    const clipped = clippedDiff(file('long.ts', 1000) + short, 1000);
    expect(clipped.endsWith(short)).toBe(true);
    expect(clipped).toMatch(/^diff --git a\/long\.ts[^]*\+const answer = 42;\n\[9\d\d more lines are left out\]\ndiff --git a\/short/);
  });

  it('gives all long files the same share', () => {
    const clipped = clippedDiff(file('a.ts', 1000) + file('b.ts', 2000), 2000);
    const [, a = '', b = ''] = clipped.split('diff --git ');
    expect(Math.abs(a.length - b.length)).toBeLessThan(30);
  });

  it('never loses a file, and is never much longer than it may be', () => {
    const some = fc.array(fc.tuple(fc.stringMatching(/^[a-z]{1,8}\.(?:ts|lock)$/), fc.nat(300)), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(some, fc.integer({ min: 0, max: 20_000 }), (files, longest) => {
        const clipped = clippedDiff(files.map(([path, lines]) => file(path, lines)).join(''), longest);
        expect(clipped.match(/^diff --git /gm)).toHaveLength(files.length);
        expect(clipped.length).toBeLessThanOrEqual(longest + files.length * 80);
      }),
    );
  });

  it('may begin without the name of a file', () => {
    expect(clippedDiff('@@ -1 +1 @@\n-a\n+b\n', 100)).toBe('@@ -1 +1 @@\n-a\n+b\n');
    expect(clippedDiff('', 100)).toBe('');
  });
});

describe('the diff of a new file', () => {
  const header = 'diff --git a/src/a.ts b/src/a.ts\nnew file mode 100644\n';

  it('adds every line', () => {
    expect(newFileDiff('src/a.ts', 'let a;\n\nlet b;\n')).toBe(
      `${header}--- /dev/null\n+++ b/src/a.ts\n@@ -0,0 +1,3 @@\n+let a;\n+\n+let b;\n`,
    );
  });

  it('says where the last line does not end', () => {
    expect(newFileDiff('src/a.ts', 'let a;')).toBe(
      `${header}--- /dev/null\n+++ b/src/a.ts\n@@ -0,0 +1,1 @@\n+let a;\n\\ No newline at end of file\n`,
    );
  });

  it('names what is empty, or no text', () => {
    expect(newFileDiff('src/a.ts', '')).toBe(header);
    expect(newFileDiff('src/a.ts', undefined)).toBe(`${header}Binary files /dev/null and b/src/a.ts differ\n`);
  });
});
