import { describe, expect, it } from 'vitest';
import { importedNames, signatureAt } from '../../../../src/extension/completion/imports.ts';

const namesIn = (text: string): readonly string[] => {
  const lines = text.split('\n');
  return importedNames(lines.length, (line) => lines[line]!).map(({ name }) => name);
};

describe('imported names', () => {
  it.each([
    ["import { parse, type Tree as Node } from './parser.ts';", ['parse', 'Tree', 'Node']],
    ["import fs from 'node:fs';\nimport * as path from 'node:path';", ['fs', 'path']],
    ["import {\n  first,\n  second,\n} from './both';\nconst third = 1;", ['first', 'second']],
    ["const { join } = require('node:path');", ['join']],
    ['from os.path import join, split', ['os', 'path', 'join', 'split']],
    ['import java.util.List;', ['java', 'util', 'List']],
    ['use std::collections::HashMap;', ['std', 'collections', 'HashMap']],
    ['const a = 1;\nfunction imported() {}', []],
  ])('of %j', (text, names) => expect(namesIn(text)).toEqual(names));

  it('have their places', () => {
    expect(importedNames(1, () => "import { parse } from 'x';")).toEqual([{ name: 'parse', line: 0, character: 9 }]);
  });

  it('are looked for at the top only', () => {
    const read = new Set<number>();
    importedNames(50_000, (line) => (read.add(line), 'x'));
    expect(read.size).toBeLessThan(200);
  });
});

describe('a signature', () => {
  const lines = [
    'const before = 1;',
    '/** Adds. */',
    'export function add(',
    '  first: number,',
    '  second: number,',
    '): number {',
    '  return first + second;',
    '}',
    'export const LIMIT = 3;',
  ];
  const at = (line: number): string => signatureAt(line, lines.length, (index) => lines[index]!);

  it('has the comment above and no body', () => expect(at(2)).toBe(lines.slice(1, 6).join('\n')));
  it('is one line if it is', () => expect(at(8)).toBe('export const LIMIT = 3;'));
  it('is not the statement above', () => expect(at(0)).toBe('const before = 1;'));
});
