import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

type Texts = Readonly<Record<string, string>>;

const read = (path: string): Texts => JSON.parse(readFileSync(path, 'utf8')) as Texts;

/** What is filled in, or names a command: the same in every language, in any order. */
const fixedParts = (text: string): readonly string[] => (text.match(/\{\w+\}|\(command:[\w.]+\)|`[^`]+`/g) ?? []).toSorted();

describe.each([
  { original: 'l10n/bundle.l10n.json', translations: globSync('l10n/bundle.l10n.*.json') },
  { original: 'package.nls.json', translations: globSync('package.nls.*.json') },
])('$original', ({ original, translations }) => {
  const texts = read(original);

  it('is translated into another language, as proof that it can be', () => {
    expect(translations.length).toBeGreaterThan(0);
  });

  it.each(translations)('has every text and no other in %s', (path) => {
    expect(Object.keys(read(path)).toSorted()).toEqual(Object.keys(texts).toSorted());
  });

  it.each(translations)('has no text that is empty, or lacks what is filled in, in %s', (path) => {
    const wrong = Object.entries(read(path)).filter(
      ([key, text]) => text.trim() === '' || String(fixedParts(text)) !== String(fixedParts(texts[key] ?? '')),
    );
    expect(wrong).toEqual([]);
  });
});
