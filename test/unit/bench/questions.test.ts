import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readQuestions } from '../../../src/bench/corpus/questions.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'endless-questions-'))));
afterEach(() => rmSync(folder, { recursive: true }));

function file(text: string): string {
  const path = join(folder, 'questions.jsonl');
  writeFileSync(path, text);
  return path;
}

describe('our own questions', () => {
  const questions = readQuestions('');

  it('are forty, with four different choices each', () => {
    expect(questions).toHaveLength(40);
    for (const { choices } of questions) expect(new Set(choices).size).toBe(4);
  });

  it('are all different', () => {
    expect(new Set(questions.map(({ question }) => question)).size).toBe(40);
  });

  it('cannot be answered by always taking the same place', () => {
    for (const place of [0, 1, 2, 3]) expect(questions.filter(({ answer }) => answer === place)).toHaveLength(10);
  });
});

describe('questions from a file', () => {
  it('are read line by line', () => {
    const one = { question: 'Which?', choices: ['this', 'that'], answer: 1 };
    expect(readQuestions(file(`${JSON.stringify(one)}\n\n${JSON.stringify(one)}\n`))).toEqual([one, one]);
  });

  it.each([
    ['{"question": "Which?", "choices": ["this", "that"], "answer": 2}', 'Line 1 is no question: there is no such choice'],
    ['{"question": "Which?", "choices": ["this"], "answer": 0}', 'Line 1 is no question'],
    ['nothing', 'Line 1 is no question'],
    ['', 'There are no questions'],
  ])('%s is refused', (text, sentence) => {
    expect(() => readQuestions(file(text))).toThrow(sentence);
  });

  it('must be there', () => {
    expect(() => readQuestions(join(folder, 'nowhere'))).toThrow('cannot be read');
  });
});
