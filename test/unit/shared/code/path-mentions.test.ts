import { describe, expect, it } from 'vitest';
import { readFenceInfo } from '../../../../src/shared/code/fence-info.ts';
import { fileNameFor } from '../../../../src/shared/code/languages.ts';
import { pathInComment, pathMentions } from '../../../../src/shared/code/path-mentions.ts';

describe('what stands behind a fence', () => {
  it.each([
    ['', '', undefined],
    ['ts', 'ts', undefined],
    ['ts src/a.ts', 'ts', 'src/a.ts'],
    ['ts title="src/my file.ts"', 'ts', 'src/my file.ts'],
    ["js {1,3} filename='a.js'", 'js', 'a.js'],
    ['tsx file=app/page.tsx showLineNumbers', 'tsx', 'app/page.tsx'],
    ['{.python file="a.py"}', '{.python', 'a.py'],
    ['ts:src/a.ts', 'ts', 'src/a.ts'],
    ['10:20:src/a.ts', 'ts', 'src/a.ts'],
    ['src/a.ts:10-20', 'ts', 'src/a.ts'],
    ['src/a.ts#L10-L20', 'ts', 'src/a.ts'],
    ['package.json', 'json', 'package.json'],
    ['dockerfile', 'dockerfile', undefined],
    ['vb.net', 'vb.net', undefined],
    ['c++', 'c++', undefined],
    ['objective-c', 'objective-c', undefined],
    ['ts // src/a.ts', 'ts', 'src/a.ts'],
    ['ts ../../outside.ts', 'ts', '../../outside.ts'],
    ['C:\\Windows\\a.ps1', 'ps1', 'C:\\Windows\\a.ps1'],
    ['ts see https://example.com/a.ts', 'ts', undefined],
  ])('%j', (info, language, path) => {
    expect(readFenceInfo(info)).toEqual({ language, path });
  });
});

describe('the line above a block', () => {
  it.each([
    ['**src/a.ts**', ['src/a.ts']],
    ['`src/a.ts`:', ['src/a.ts']],
    ['### src/a.ts', ['src/a.ts']],
    ['In src/a.ts, replace the function:', ['src/a.ts']],
    ['1. Change `lib/b.py:10-20` to:', ['lib/b.py']],
    ['Move it from `src/a.ts` to `src/b.ts`:', ['src/b.ts', 'src/a.ts']],
    ['Open `tsconfig.json` and add:', ['tsconfig.json']],
    ['Then main.py:', ['main.py']],
    ['With Node.js this is simple, since it has fetch:', []],
    ['Use and/or, e.g. i.e. this:', []],
    ['See https://example.com/src/a.ts:', []],
    ['Install @scope/package first.', []],
    ['In your Dockerfile:', ['Dockerfile']],
    ['', []],
  ])('%j', (before, paths) => {
    expect(pathMentions({ code: 'x', info: '', before }).map(({ path }) => path)).toEqual(paths);
  });
});

describe('the first line of the code', () => {
  it.each([
    ['// src/a.ts\nlet a;', 'src/a.ts'],
    ['# lib/b.py', 'lib/b.py'],
    ['/* a.css */', 'a.css'],
    ['<!-- index.html -->', 'index.html'],
    ['-- db/schema.sql', 'db/schema.sql'],
    ['// File: src/a.ts', 'src/a.ts'],
    ['// src/a.ts (new file)', 'src/a.ts'],
    ['#!/bin/sh\n# run.sh\n', 'run.sh'],
    ['// uses src/a.ts and more', undefined],
    ['let a; // src/a.ts', undefined],
    ['# A heading', undefined],
  ])('%j', (code, path) => {
    expect(pathInComment(code)).toBe(path);
  });
});

describe('a block', () => {
  it('is meant for what its fence says before anything else, and names nothing twice', () => {
    const mentions = pathMentions({ code: '// src/c.ts\nlet a;', info: 'ts src/a.ts', before: 'Put it into `b.ts` or `src/a.ts`:' });
    expect(mentions).toEqual([
      { path: 'src/a.ts', isSure: true },
      { path: 'b.ts', isSure: false },
      { path: 'src/c.ts', isSure: true },
    ]);
  });

  it('of a diff is meant for the files that it changes', () => {
    const code =
      'diff --git a/src/a.ts b/src/a.ts\n--- a/src/a.ts\t2026\n+++ b/src/a.ts\n@@ -1 +1 @@\n-a\n+b\n--- /dev/null\n+++ b/new.ts\n@@ -0,0 +1 @@\n+c\n';
    expect(pathMentions({ code, info: 'diff', before: '' }).map(({ path }) => path)).toEqual(['src/a.ts', 'new.ts']);
  });
});

it.each([
  ['ts', 'untitled.ts'],
  ['Python', 'untitled.py'],
  ['c++', 'untitled.cpp'],
  ['bash', 'untitled.sh'],
  ['dockerfile', 'Dockerfile'],
  ['', 'untitled.txt'],
  ['whatever', 'untitled.txt'],
])('a new file of %j is called %s', (language, name) => {
  expect(fileNameFor(language)).toBe(name);
});
