import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anchoredAt, frameAt, type Surroundings } from '../../../../src/engine/completion/frame.ts';

const BEFORE = 'const a = 1;\nfunction f(b) {\n  return b';
const at = (before: string, after = '\n}\n', path = 'a.ts'): Surroundings => ({ path, before, after });
const { frame } = anchoredAt(at(BEFORE));

describe('a frame', () => {
  it('is anchored at the start of the line', () => {
    expect(anchoredAt(at(BEFORE))).toEqual({
      frame: { path: 'a.ts', prefix: 'const a = 1;\nfunction f(b) {\n', suffix: '\n}\n' },
      typed: '  return b',
      kept: false,
    });
    expect(anchoredAt(at('x')).frame.prefix).toBe('');
  });

  it.each([
    ['a key', at(`${BEFORE}.`), '  return b.'],
    ['a new line', at(`${BEFORE};\n  `), '  return b;\n  '],
    ['a backspace', at(BEFORE.slice(0, -3)), '  retur'],
    ['a bracket that the editor closed', at(`${BEFORE}(`, ')\n}\n'), '  return b('],
    ['a longer look behind the cursor', at(BEFORE, '\n}\n\n'), '  return b'],
  ])('stays with %s', (_what, surroundings, typed) => {
    expect(frameAt(surroundings, frame)).toEqual({ frame, typed, kept: true });
  });

  it.each([
    ['the cursor is before the anchor', at('const a')],
    ['the text before the anchor is another', at(BEFORE.replace('1', '2'))],
    ['there is text behind the cursor that was not', at(BEFORE, ' + c;\n}\n')],
    ['most of the text behind the cursor has gone', at(BEFORE, '\n')],
    ['it is another file', at(BEFORE, '\n}\n', 'b.ts')],
    ['too much was typed', at(BEFORE + 'x'.repeat(1300))],
  ])('is set anew when %s', (_what, surroundings) => {
    expect(frameAt(surroundings, frame).kept).toBe(false);
  });

  it('never loses a character', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string({ unit: fc.constantFrom('a', '\n', ' ', ')') }), (prefix, after, typed) => {
        const first = anchoredAt(at(prefix, after)).frame;
        const next = frameAt(at(prefix + typed, after), first);
        expect(next.frame.prefix + next.typed).toBe(prefix + typed);
        expect(next.kept).toBe(true);
      }),
    );
  });
});
