import { describe, expect, it } from 'vitest';
import { describeOptions, numbersIn, parseOptions, takeOption, UsageError } from '../../../src/bench/options.ts';

const OPTIONS = {
  model: { default: 'tiny.gguf', help: 'GGUF file' },
  window: { default: 512, minimum: 64, help: 'tokens' },
  minutes: { default: 5, fraction: true, help: 'how long' },
} as const;

describe('the options of a program', () => {
  it('have their defaults', () => {
    expect(parseOptions(OPTIONS, [])).toEqual({ model: 'tiny.gguf', window: 512, minutes: 5 });
  });

  it('are read as what their defaults are', () => {
    expect(parseOptions(OPTIONS, ['--model', '7', '--window', '256', '--minutes=0.5'])).toEqual({ model: '7', window: 256, minutes: 0.5 });
  });

  it.each([
    [['--window', 'wide'], /--window takes a number of at least 64, not "wide"/],
    [['--window', '63'], /at least 64/],
    [['--window', '64.5'], /--window takes a whole number, not "64.5"/],
    [['--minutes', '-1'], /./],
    [['--minutes', ''], /at least 0/],
    [['--minutes', 'Infinity'], /at least 0/],
    [['--speed', '3'], /--speed/],
    [['--window'], /--window/],
    [['stray'], /stray/],
  ])('%j is refused', (args, message) => {
    expect(() => parseOptions(OPTIONS, args)).toThrow(UsageError);
    expect(() => parseOptions(OPTIONS, args)).toThrow(message);
  });

  it('are explained, one a line', () => {
    expect(describeOptions(OPTIONS).split('\n')).toEqual([
      '  --model TEXT  GGUF file (default: tiny.gguf)',
      '  --window N    tokens (default: 512)',
      '  --minutes N   how long (default: 5)',
    ]);
  });
});

describe('an option for all programs', () => {
  it('is taken out of the command line', () => {
    expect(takeOption('report', ['ttft', '--report', 'pages', '--json'])).toEqual({ value: 'pages', rest: ['ttft', '--json'] });
    expect(takeOption('report', ['ttft', '--report=a=b', '--json'])).toEqual({ value: 'a=b', rest: ['ttft', '--json'] });
    expect(takeOption('report', ['ttft'])).toEqual({ value: undefined, rest: ['ttft'] });
  });

  it.each([[['--report']], [['--report', '--json']], [['--report=']]])('%j lacks its value', (args) => {
    expect(() => takeOption('report', args)).toThrow(UsageError);
  });
});

describe('a list of numbers', () => {
  it('has commas between', () => {
    expect(numbersIn('windows', '256, 512', 16)).toEqual([256, 512]);
  });

  it.each(['', '256,', '256,8', '256,x', '25.5'])('"%s" is refused', (list) => {
    expect(() => numbersIn('windows', list, 16)).toThrow(/--windows takes whole numbers of at least 16/);
  });
});
