import { describe, expect, it } from 'vitest';
import { answersRegister, isAnswered, registerContent, registerLine, registerQuery } from '../../../src/bench/scoring/register-lines.ts';

describe('a line of StreamEval', () => {
  it('has the form of the paper', () => {
    expect(registerLine(17)).toMatch(/^The REGISTER_CONTENT in line 17 is <\d+>\n$/);
  });

  it('has a number that is always the same and does not show in other lines', () => {
    const numbers = Array.from({ length: 1000 }, (_, at) => registerContent(at + 1));
    expect(registerContent(17)).toBe(numbers[16]);
    expect(new Set(numbers).size).toBeGreaterThan(970);
    expect(Math.max(...numbers)).toBeLessThan(50_000);
  });

  it('is asked for so that going on with the text answers it', () => {
    expect(registerQuery(17)).toBe('What is the REGISTER_CONTENT in line 17? The REGISTER_CONTENT in line 17 is');
  });
});

describe('an answer', () => {
  const number = String(registerContent(17));

  it.each([` <${number}>`, `<${number}>`, ` <${number}>\nThe`])('is exact: %j', (text) => {
    expect(answersRegister(text, 17)).toBe(true);
  });

  it.each(['', ` <${number}`, ` <1${number}>`, ` <${number}0>`, ` ${number}`, ` I think <${number}>`])('is not: %j', (text) => {
    expect(answersRegister(text, 17)).toBe(false);
  });

  it('is over with its bracket or its line', () => {
    expect([' <12', ' <12>', ' no\n'].map(isAnswered)).toEqual([false, true, true]);
  });
});
