import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { passagesOf } from '../../../../src/engine/memory/passages.ts';

const cut = (text: string): readonly string[] => passagesOf(text).map(({ start, end }) => text.slice(start, end));
const words = (count: number): string => Array.from({ length: count }, (_, at) => `word${String(at)}`).join(' ');

describe('passages', () => {
  it('leaves what is short whole', () => {
    expect(cut('One line.\n\nAnother paragraph.')).toEqual(['One line.\n\nAnother paragraph.']);
  });

  it('cuts between paragraphs', () => {
    const [first, second] = [words(50), words(40)];
    expect(cut(`${first}\n\n${second}\n`)).toEqual([first, second]);
  });

  it('keeps a block of code together, empty lines and all', () => {
    const code = ['```ts', 'const a = 1;', '', 'const b = 2;', '```'].join('\n');
    expect(cut(`${words(66)}\n\n${code}\n\n${words(66)}`)[1]).toBe(code);
  });

  it('cuts long code between lines and keeps the indentation', () => {
    const code = Array.from({ length: 40 }, (_, at) => `    line(${String(at)});`).join('\n');
    const passages = cut(code);
    expect(passages.length).toBeGreaterThan(1);
    expect(passages.join('\n')).toBe(code);
  });

  it('cuts a long line between words', () => {
    expect(cut(words(200)).join(' ')).toBe(words(200));
  });

  it('comes to an end with an enormous text without spaces', () => {
    expect(passagesOf('x'.repeat(8_000_000))).toHaveLength(Math.ceil(8_000_000 / 480));
  });

  it('loses nothing but white space, keeps the order, stays short, and never cuts a character', () => {
    const texts = fc.array(
      fc.oneof(fc.string({ unit: 'binary', maxLength: 700 }), fc.constantFrom('\n', '\n\n', '```\n', '😀'.repeat(300))),
    );
    fc.assert(
      fc.property(texts, (pieces) => {
        const text = pieces.join('');
        const spans = passagesOf(text);
        let end = 0;
        for (const span of spans) {
          expect(text.slice(end, span.start).trim()).toBe('');
          expect(span.end - span.start).toBeGreaterThan(0);
          expect(span.end - span.start).toBeLessThanOrEqual(480);
          expect(text.slice(span.start, span.end).isWellFormed() || !text.isWellFormed()).toBe(true);
          end = span.end;
        }
        expect(text.slice(end).trim()).toBe('');
      }),
    );
  });
});
