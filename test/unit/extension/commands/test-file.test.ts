import { describe, expect, test } from 'vitest';
import { testFrameworkIn, testPathOf } from '../../../../src/extension/commands/test-file.ts';

describe('the file for tests', () => {
  test.each([
    ['/a/src/sum.ts', 1, '/a/src/sum.test.ts'],
    ['/a/src/sum.ts', 2, '/a/src/sum2.test.ts'],
    ['/a/Sum.tsx', 1, '/a/Sum.test.tsx'],
    ['/a/sum.py', 1, '/a/test_sum.py'],
    ['/a/sum.go', 1, '/a/sum_test.go'],
    ['/a/Sum.java', 3, '/a/Sum3Test.java'],
    ['/a/$&.ts', 1, '/a/$&.test.ts'],
    ['/a/Makefile', 1, '/a/Makefile.test'],
    ['/a.b/.profile', 1, '/a.b/.profile.test'],
    ['sum.rs', 1, 'sum.test.rs'],
  ])('of %s, try %i, is %s', (path, number, expected) => expect(testPathOf(path, number)).toBe(expected));
});

describe('what a package tests with', () => {
  test.each([
    ['{"devDependencies":{"vitest":"5.0.0","jest":"30"}}', 'vitest'],
    ['{"dependencies":{"mocha":"11"}}', 'mocha'],
    ['{"name":"jest"}', undefined],
    ['{"devDependencies":["jest"]}', undefined],
    ['[]', undefined],
    ['null', undefined],
    ['{', undefined],
  ])('by %s is %s', (manifest, framework) => expect(testFrameworkIn(manifest)).toBe(framework));
});
