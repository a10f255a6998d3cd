import { describe, expect, test } from 'vitest';
import { IgnoreRules } from '../../../../src/extension/context/ignore-rules.ts';

describe('what Git ignores', () => {
  const rules = new IgnoreRules([
    { folder: '', text: 'node_modules/\n/dist\n*.log\n!keep.log\n# a comment\n\nbuild' },
    { folder: 'packages/a/', text: '!debug.log\n/generated\nlocal.*' },
  ]);

  test.each([
    ['src/a.ts', false],
    ['node_modules/x/index.js', true],
    ['packages/b/node_modules/x.js', true],
    ['dist/a.js', true],
    ['packages/a/dist/a.js', false],
    ['error.log', true],
    ['keep.log', false],
    ['src/build/x', true],
    ['packages/a/debug.log', false],
    ['packages/b/debug.log', true],
    ['packages/a/generated/x.ts', true],
    ['packages/a/src/generated/x.ts', false],
    ['packages/a/src/local.ts', true],
    ['local.ts', false],
  ])('%s: %j', (path, isIgnored) => {
    expect(rules.ignores(path)).toBe(isIgnored);
  });

  test('what is in an ignored folder cannot be brought back by a file in it', () => {
    const nested = new IgnoreRules([
      { folder: '', text: 'out/' },
      { folder: 'out/', text: '!*' },
    ]);
    expect(nested.ignores('out/a.ts')).toBe(true);
  });

  test('nothing is ignored where nothing says so', () => {
    expect(new IgnoreRules([]).ignores('a/b')).toBe(false);
  });
});
