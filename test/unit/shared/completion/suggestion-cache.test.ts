import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SuggestionCache } from '../../../../src/shared/completion/suggestion-cache.ts';

const at = (before: string, after = '\n', path = 'a.ts') => ({ path, before, after });

describe('suggestions of late', () => {
  it('are known again at the same place only', () => {
    const cache = new SuggestionCache();
    cache.set(at('const a'), { text: ' = 1;' });
    expect(cache.get(at('const a'))).toEqual({ text: ' = 1;' });
    for (const other of [at('const b'), at('const a', ' + 1\n'), at('const a', '\n', 'b.ts')]) expect(cache.get(other)).toBeUndefined();
  });

  it('shrink while they are typed, and grow again when that is taken back', () => {
    const cache = new SuggestionCache();
    cache.set(at('const a'), { text: ' = 1;' });
    expect(cache.get(at('const a = '))).toEqual({ text: '1;' });
    expect(cache.get(at('const a ='))).toEqual({ text: ' 1;' });
    expect(cache.get(at('const a = 2'))).toBeUndefined();
  });

  it('that were typed whole are none', () => {
    const cache = new SuggestionCache();
    cache.set(at('const a'), { text: ' = 1;' });
    expect(cache.get(at('const a = 1;'))).toBeUndefined();
  });

  it('remember that there was nothing to suggest', () => {
    const cache = new SuggestionCache();
    cache.set(at('const a'), { text: '' });
    expect(cache.get(at('const a'))).toEqual({ text: '' });
  });

  it('the newest one counts', () => {
    const cache = new SuggestionCache();
    cache.set(at('const a'), { text: ' = 1;' });
    cache.set(at('const a'), { text: ' = 2;' });
    expect(cache.get(at('const a ='))).toEqual({ text: ' 2;' });
  });

  it('are few: the oldest go', () => {
    const cache = new SuggestionCache();
    for (let n = 0; n < 200; n++) cache.set(at(`const a${n}`), { text: ' = 1;' });
    expect(cache.get(at('const a0'))).toBeUndefined();
    expect(cache.get(at('const a199'))).toEqual({ text: ' = 1;' });
  });

  it('together with what was typed are always what was suggested', () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ minLength: 1 }), fc.nat(), (before, text, count) => {
        const cache = new SuggestionCache();
        cache.set(at(before), { text });
        const typed = text.slice(0, count % text.length);
        expect(typed + cache.get(at(before + typed))!.text).toBe(text);
      }),
    );
  });
});
