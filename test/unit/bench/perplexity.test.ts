import { describe, expect, it } from 'vitest';
import { readCorpus } from '../../../src/bench/corpus/corpus.ts';
import { namesIn } from '../../../src/bench/name-list.ts';
import { UsageError } from '../../../src/bench/options.ts';
import { chunkIn } from '../../../src/bench/scoring/chunk.ts';
import { peakMemory, resetPeakMemory } from '../../../src/bench/scoring/peak-memory.ts';
import { perplexity, quarters } from '../../../src/bench/scoring/perplexity.ts';

describe('perplexity', () => {
  it('is the number of tokens among which the model hesitates', () => {
    expect(perplexity([Math.log(1 / 8), Math.log(1 / 8)])).toBeCloseTo(8);
    expect(perplexity([Math.log(1 / 2), Math.log(1 / 8)])).toBeCloseTo(4);
  });

  it('of nothing is not a number', () => {
    expect(perplexity([])).toBeNaN();
  });

  it('is given for quarters that hold every token once', () => {
    expect(quarters([1, 2, 3, 4, 5, 6])).toEqual([[1, 2], [3], [4, 5], [6]]);
  });
});

describe('a chunk', () => {
  it.each([
    ['1', 1],
    ['64', 64],
    ['1/8', 64],
    ['1/3', 171],
    ['1/1', 512],
  ])('"%s" of a window of 512 is %i tokens', (text, tokens) => {
    expect(chunkIn(text, 512)).toBe(tokens);
  });

  it.each(['0', '1/0', '513', 'x', '-1', '1.5', ''])('"%s" is none', (text) => {
    expect(() => chunkIn(text, 512)).toThrow(UsageError);
  });
});

describe('a list of names', () => {
  it('has those that there are', () => {
    expect(namesIn('policies', 'b, a', ['a', 'b'])).toEqual(['b', 'a']);
  });

  it('refuses another', () => {
    expect(() => namesIn('policies', 'a,c', ['a', 'b'])).toThrow('--policies takes some of a, b');
  });
});

describe('the built-in corpus', () => {
  it('is made of our own sources, in a fixed order', () => {
    const { text, sha256, name } = readCorpus('');
    expect(text).toContain('export function readCorpus');
    expect(text.length).toBeGreaterThan(200_000);
    expect(readCorpus('')).toEqual({ text, sha256, name });
  });

  it('can be a file, if there is one', () => {
    expect(readCorpus('LICENSE').text).toContain('MIT');
    expect(() => readCorpus('nowhere.txt')).toThrow(UsageError);
  });
});

describe('peak memory', () => {
  it('is what was in use at most since it was reset', () => {
    resetPeakMemory();
    const before = peakMemory();
    const large = Buffer.alloc(80_000_000, 1);
    expect(peakMemory() - before).toBeGreaterThan(0.9 * large.length);
  });
});
