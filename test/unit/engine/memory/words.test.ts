import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wordsOf } from '../../../../src/engine/memory/words.ts';

const found = (text: string): readonly string[] => wordsOf(text).flatMap(({ whole, roots }) => [whole, ...roots]);

describe('the words of a text', () => {
  it.each([
    ['parseLine', ['parseline', 'parse', 'line']],
    ['HTTPServer', ['httpserver', 'http', 'server']],
    ['retry_after_ms', ['retry_after_ms', 'retry', 'after', 'ms']],
    ['utf8Text', ['utf8text', 'utf', 'text']],
    ['src/cache/policy.ts', ['src', 'cache', 'policy', 'ts']],
  ])('finds %s as a whole and by its parts', (name, words) => {
    expect(found(name)).toEqual(expect.arrayContaining(words));
  });

  it.each([
    ['parse', 'parsing', 'parsed', 'parser', 'parsers'],
    ['stop', 'stops', 'stopped', 'stopping'],
    ['query', 'queries'],
    ['migrate', 'migration', 'migrations', 'migrating'],
  ])('gives forms of %s a root in common', (...forms) => {
    const common = forms.map(found).reduce((shared, words) => shared.filter((word) => words.includes(word)));
    expect(common).not.toEqual([]);
  });

  it('knows a word whatever its case and its accents', () => {
    expect(found('Größe ÉCRAN')).toEqual(expect.arrayContaining(found('größe écran').slice(0, 1)));
    expect(wordsOf('ÉCRAN')[0]?.whole).toBe('ecran');
  });

  it('takes two letters at a time where a script has no spaces', () => {
    expect(wordsOf('缓存窗口').map(({ whole }) => whole)).toEqual(['缓存', '存窗', '窗口']);
    expect(wordsOf('KV缓存').map(({ whole }) => whole)).toEqual(['kv', '缓存']);
  });

  it('finds no words in what has none', () => {
    expect(['', ' \n', '"\'()*^', '😀👍🏽'].flatMap(wordsOf)).toEqual([]);
  });

  it('gives words that an index of plain words can hold', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        for (const word of found(text)) expect(word).toMatch(/^[\p{L}\p{N}_$]+$/u);
      }),
    );
  });
});
