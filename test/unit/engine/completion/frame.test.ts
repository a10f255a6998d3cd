import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anchoredAt, frameAt } from '../../../../src/engine/completion/frame.ts';
import type { Place } from '../../../../src/engine/completion/extent.ts';

const LIMITS = { path: 100, prefix: 2000, typed: 1200, suffix: 500 };
const BEFORE = 'const a = 1;\nfunction f(b) {\n  return b';
const at = (before: string, after = '\n}\n', path = 'a.ts'): Place => ({ path, before, after });

describe('a frame', () => {
  it('is anchored at the start of the line', () => {
    expect(anchoredAt(at(BEFORE), LIMITS)).toEqual({
      frame: { path: 'a.ts', hidden: '', prefix: 'const a = 1;\nfunction f(b) {\n', suffix: '\n}\n' },
      typed: '  return b',
      kept: false,
    });
    expect(anchoredAt(at('x'), LIMITS).frame.prefix).toBe('');
  });

  it.each([
    ['a key', at(`${BEFORE}.`), '  return b.'],
    ['a new line', at(`${BEFORE};\n  `), '  return b;\n  '],
    ['a backspace', at(BEFORE.slice(0, -3)), '  retur'],
    ['a bracket that the editor closed', at(`${BEFORE}(`, ')\n}\n'), '  return b('],
    [
      'a new line between two brackets',
      at(`${BEFORE}(\n    `, '\n  )\n}\n\nf(2);\n'),
      '  return b(\n    ',
      anchoredAt(at(BEFORE, '\n}\n\nf(2);\n'), LIMITS).frame,
    ],
    [
      'the rest of the line that the cursor passes',
      at(`${BEFORE} + c;`),
      '  return b + c;',
      anchoredAt(at(BEFORE, ' + c;\n}\n'), LIMITS).frame,
    ],
  ])('stays with %s', (_what, surroundings, typed, frame = anchoredAt(at(BEFORE), LIMITS).frame) => {
    expect(frameAt(surroundings, LIMITS, frame)).toEqual({ frame, typed, kept: true });
  });

  it.each([
    ['the cursor is before the anchor', at('const a')],
    ['the text before the anchor is another', at(BEFORE.replace('1', '2'))],
    ['there is text behind the cursor where there was none', at(BEFORE, 'x'), anchoredAt(at(BEFORE, ''), LIMITS).frame],
    ['there is text behind a bracket where there was none', at(BEFORE, '\n}\nf(2);'), anchoredAt(at(BEFORE, ')'), LIMITS).frame],
    ['the rest of the line has been deleted', at(BEFORE), anchoredAt(at(BEFORE, ' + c;\n}\n'), LIMITS).frame],
    ['there is text behind the cursor that was not', at(BEFORE, ' + c;\n}\n')],
    ['the text behind the cursor has gone', at(BEFORE, '')],
    ['it is another file', at(BEFORE, '\n}\n', 'b.ts')],
    ['too much was typed', at(BEFORE + 'x'.repeat(1300))],
  ])('is set anew when %s', (_what, surroundings, frame = anchoredAt(at(BEFORE), LIMITS).frame) => {
    expect(frameAt(surroundings, LIMITS, frame).kept).toBe(false);
  });

  it('stays with a longer look behind the cursor, when there was enough to tell it by', () => {
    const behind = `\n}\n${'const next = 1;\n'.repeat(4)}`;
    const { frame } = anchoredAt(at(BEFORE, behind), LIMITS);
    expect(frameAt(at(BEFORE, `${behind}f(2);\n`), LIMITS, frame).kept).toBe(true);
    expect(frameAt(at(BEFORE, '\n}\nf(2);\n'), LIMITS, frame).kept).toBe(false);
  });

  it('never loses a character', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string({ unit: fc.constantFrom('a', '\n', ' ', ')') }), (prefix, after, typed) => {
        const first = anchoredAt(at(prefix, after), LIMITS).frame;
        const next = frameAt(at(prefix + typed, after), LIMITS, first);
        expect(next.frame.hidden + next.frame.prefix + next.typed).toBe(prefix + typed);
        expect(next.kept).toBe(true);
      }),
    );
  });
});

describe('a frame of a long text', () => {
  const limits = { path: 100, prefix: 100, typed: 60, suffix: 30 };
  const lines = (count: number): string => Array.from({ length: count }, (_, n) => `line ${String(n).padStart(3)}\n`).join('');

  it('has as many whole lines as three quarters of its limit hold', () => {
    const { prefix, hidden, suffix } = anchoredAt(at(lines(50), lines(50)), limits).frame;
    expect(hidden + prefix).toBe(lines(50));
    expect(prefix).toBe(lines(50).slice(-8 * 9));
    expect(suffix).toHaveLength(30);
  });

  it('begins where it began while the anchor moves on, so that the beginning need not be evaluated again', () => {
    const first = anchoredAt(at(lines(50)), limits).frame;
    const second = anchoredAt(at(lines(52)), limits, first).frame;
    expect(second.hidden).toBe(first.hidden);
    expect(second.prefix.startsWith(first.prefix)).toBe(true);
  });

  it('begins anew when it would be too long, when its text has changed, and in another file', () => {
    const first = anchoredAt(at(lines(50)), limits).frame;
    for (const next of [at(lines(60)), at(lines(50).replaceAll('line  42', 'other 42')), at(lines(51), '', 'b.ts')]) {
      const { prefix } = anchoredAt(next, limits, first).frame;
      expect(prefix).toHaveLength(8 * 9);
    }
  });

  it('is anchored inside a very long line', () => {
    const { frame, typed } = anchoredAt(at(`${lines(3)}${'x'.repeat(500)}`), limits);
    expect(typed).toBe('x'.repeat(30));
    expect(frame.prefix).toBe('x'.repeat(75));
  });
});
