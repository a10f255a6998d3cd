import { describe, expect, it } from 'vitest';
import { figuresIn } from '../../../src/webview/format/figures.ts';

const { count, short, binary, rate, percent } = figuresIn('en');

describe('figures in English', () => {
  it.each([
    [count(214_380), '214,380'],
    [short(9_120), '9,120'],
    [short(206_112), '206k'],
    [short(999_800), '1M'],
    [short(4_210_000), '4.2M'],
    [binary(512), '512'],
    [binary(7373), '7.2k'],
    [binary(8192), '8k'],
    [rate(3.14), '3.1'],
    [rate(38.4), '38'],
    [rate(9.96), '10'],
    [percent(0.434), '43%'],
  ])('%s', (actual, expected) => expect(actual).toBe(expected));
});

it('follow the language', () => {
  expect(figuresIn('de').count(214_380)).toBe('214.380');
});

it('survive a language tag that is none', () => {
  expect(figuresIn('').count(7)).toBe('7');
  expect(figuresIn('not a tag').count(7)).toBe('7');
});
