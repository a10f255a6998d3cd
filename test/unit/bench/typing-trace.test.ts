import { describe, expect, it } from 'vitest';
import { typingTrace } from '../../../src/bench/completion/typing-trace.ts';

const text = Array.from({ length: 60 }, (_, n) => `  line number ${n};`).join('\n');
const strokes = [...typingTrace(text)];

describe('a typing trace', () => {
  it('jumps to every passage once', () => {
    expect(strokes.filter(({ kind }) => kind === 'jump').map(({ before }) => before.split('\n').length - 1)).toEqual([12, 36]);
  });

  it('writes what stands in the file', () => {
    const last = strokes.at(-1)!;
    expect(last.before + last.after).toBe(text);
  });

  it('changes the text before the cursor by what is typed, and nothing else', () => {
    for (const [at, stroke] of strokes.entries()) {
      const former = strokes[at - 1];
      if (!former || stroke.kind === 'jump') continue;
      expect(stroke.after).toBe(former.after);
      if (stroke.kind === 'backspace') expect(stroke.before).toBe(former.before.slice(0, -1));
      else expect(stroke.before.slice(0, -stroke.typed)).toBe(former.before);
    }
  });

  it('has slips, all of them taken back', () => {
    const slips = strokes.filter(({ before }) => before.endsWith('q')).length;
    expect(slips).toBeGreaterThan(3);
    expect(strokes.filter(({ kind }) => kind === 'backspace')).toHaveLength(slips);
  });

  it('rests at the ends of lines', () => {
    const rests = strokes.filter(({ pause, kind }) => pause && kind === 'key');
    expect(rests).toHaveLength(4);
  });
});
