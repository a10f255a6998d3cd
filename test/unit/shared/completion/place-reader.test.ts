import { describe, expect, it } from 'vitest';
import { readPlace, type ReadableDocument } from '../../../../src/shared/completion/place-reader.ts';

/** A document that counts which of its lines are read. */
function documentOf(text: string): ReadableDocument & { readonly read: Set<number> } {
  const lines = text.split('\n');
  const read = new Set<number>();
  return {
    read,
    lineCount: lines.length,
    lineAt: (line) => {
      read.add(line);
      return { text: lines[line]! };
    },
  };
}

const asked = { repository: 'r', path: 'a.ts', explicit: false };
const numbered = (count: number): string => Array.from({ length: count }, (_, n) => `line ${n}`).join('\n');

describe('what is read around the cursor', () => {
  it('is the text before it and behind it', () => {
    const place = readPlace(documentOf('const a = 1;\nconst b = 2;\nconst c = 3;'), { line: 1, character: 8 }, asked);
    expect(place).toEqual({ ...asked, before: 'const a = 1;\nconst b ', after: '= 2;\nconst c = 3;' });
  });

  it('is nothing in an empty document', () => {
    expect(readPlace(documentOf(''), { line: 0, character: 0 }, asked)).toEqual({ ...asked, before: '', after: '' });
  });

  it('takes what is chosen in the list of suggestions for typed', () => {
    const selected = { text: 'toString', range: { start: { line: 0, character: 2 }, end: { line: 0, character: 4 } } };
    const place = readPlace(documentOf('a.to;'), { line: 0, character: 4 }, { ...asked, selected: selected });
    expect(place).toMatchObject({ before: 'a.toString', after: ';' });
  });

  it('is as much in a long document as in a longer one', () => {
    const [long, longer] = [documentOf(numbered(5_000)), documentOf(numbered(50_000))];
    for (const document of [long, longer]) readPlace(document, { line: 2_500, character: 3 }, asked);
    expect(longer.read).toEqual(long.read);
    expect(long.read.size).toBeLessThan(500);
  });

  it('begins at the same line while the cursor stays near', () => {
    const document = documentOf(numbered(5_000));
    const starts = [2_560, 2_570, 2_623].map((line) => readPlace(document, { line, character: 0 }, asked).before.split('\n')[0]);
    expect(new Set(starts).size).toBe(1);
  });

  it.each([40, 80, 300, 1_000])('begins alike while lines of %i characters are typed', (length) => {
    const text = Array.from({ length: 2_000 }, (_, n) => `${n} `.padEnd(length, 'x')).join('\n');
    const document = documentOf(text);
    const starts = Array.from({ length: 8 }, (_, n) => readPlace(document, { line: 1_001 + n, character: length / 2 }, asked));
    expect(new Set(starts.map(({ before }) => before.split('\n')[0])).size).toBeLessThanOrEqual(2);
    for (const { before } of starts) expect(before.length).toBeLessThanOrEqual(16_000);
  });

  it('begins alike while somebody types in a line that is longer than all that is read', () => {
    const document = documentOf('0123456789'.repeat(3_000));
    const lengths = Array.from({ length: 100 }, (_, n) => {
      const { before } = readPlace(document, { line: 0, character: 20_000 + n }, asked);
      return 20_000 + n - before.length;
    });
    expect(new Set(lengths).size).toBeLessThanOrEqual(2);
  });

  it('leaves out what is replaced by what is chosen in the list of suggestions', () => {
    const selected = { text: 'toString', range: { start: { line: 0, character: 2 }, end: { line: 0, character: 10 } } };
    const place = readPlace(documentOf('a.toLocale();'), { line: 0, character: 4 }, { ...asked, selected: selected });
    expect(place).toMatchObject({ before: 'a.toString', after: '();' });
  });

  it('has no more than a few thousand characters of lines that are very long', () => {
    const line = 'x'.repeat(100_000);
    const { before, after } = readPlace(documentOf([line, line, line].join('\n')), { line: 1, character: 50_000 }, asked);
    expect(before.length).toBeGreaterThan(12_000);
    expect(before.length).toBeLessThanOrEqual(16_000);
    expect(after).toBe('x'.repeat(4_000));
  });
});
