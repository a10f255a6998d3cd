import { describe, expect, it } from 'vitest';
import { holesIn, nearby } from '../../../src/bench/corpus/holes.ts';
import { readLessons } from '../../../src/bench/sanity/lessons.ts';
import { fencedCode, functionNames, isWhole, parses } from '../../../src/bench/sanity/snippets.ts';

describe('lessons', () => {
  const lessons = readLessons();

  it('have a question and an answer each', () => {
    for (const { question, answer } of lessons) {
      expect(question).toMatch(/^(What|Write) .*[?.]$/);
      expect(answer).not.toBe('');
    }
  });

  it('ask for built-in functions by their full names', () => {
    const { answer } = lessons.find(({ question }) => question === 'What does Array.prototype.push do?')!;
    expect(answer).toBe('It adds elements at the end of the array and returns the new length.');
  });

  it('are functions that parse, without their fences', () => {
    const functions = lessons.filter(({ kind }) => kind === 'functions');
    expect(functions.length).toBeGreaterThan(50);
    expect(functions.filter(({ answer }) => !parses(answer))).toEqual([]);
  });
});

describe('a hole', () => {
  const text = Array.from({ length: 100 }, (_, n) => `  compute(value, options[${100 + n}]);\n`).join('');
  const holes = holesIn(text, 20);

  it('is in the text', () => {
    expect(holes).toHaveLength(20);
    for (const { prefix, typed, missing, suffix } of holes) expect(prefix + typed + missing + suffix).toBe(text);
  });

  it('is the end of a line behind the end of a word', () => {
    for (const { prefix, typed, missing, suffix } of holes) {
      expect(prefix).toMatch(/(^|\n)$/);
      expect(typed).toBe('  compute(value');
      expect(missing).toMatch(/^, options\[\d+\]\);$/);
      expect(suffix).toMatch(/^\n/);
    }
  });

  it('has whole lines around it, no more of them than are asked for', () => {
    const lines = new Set(text.split('\n'));
    for (const { prefix, suffix } of holes.map((hole) => nearby(hole, 100, 50))) {
      expect(prefix.length).toBeLessThanOrEqual(100);
      expect(suffix.length).toBeLessThanOrEqual(50);
      for (const line of (prefix + suffix).split('\n')) expect(lines).toContain(line);
    }
  });

  it('is found in a text of one line', () => {
    expect(holesIn('return a + b + c', 1)).toEqual([{ prefix: '', typed: 'return a', missing: ' + b + c', suffix: '' }]);
  });

  it('is not made where there is nothing to be guessed', () => {
    expect(holesIn('}\n\n  );\n', 3)).toEqual([]);
  });
});

describe('a snippet', () => {
  it.each([
    ['function f(a: number): number { return a; }', true],
    ['function f(a) { return a; }}', false],
    ['function f(a', false],
    ['const a = "', false],
    ['function f() { const a = 1; const a = 2; }', false],
    ['export const a: number = 1;', true],
  ])('%s parses: %s', (code, expected) => expect(parses(code)).toBe(expected));

  it('is whole at the end of its block', () => {
    const code = 'function f(a: { b: string }) { if (a) { return; } }';
    const ends = Array.from({ length: code.length }, (_, n) => code.slice(0, n + 1)).filter(isWhole);
    expect(ends).toEqual([code]);
    expect(isWhole('function f(): void;')).toBe(false);
  });

  it('is what stands in the first fence of an answer', () => {
    expect(fencedCode('Here:\n\n```js\na;\nb;\n```\n\n```js\nc;\n```')).toBe('a;\nb;');
    expect(fencedCode('none')).toBeUndefined();
  });

  it('gets its name from a text', () =>
    expect(functionNames('function a() {}\nexport function b(c) {}\nfunction a() {}')).toEqual(['a', 'b']));
});
