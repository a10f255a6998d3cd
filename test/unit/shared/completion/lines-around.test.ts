import { describe, expect, it } from 'vitest';
import { linesAround } from '../../../../src/shared/completion/lines-around.ts';

const document = (lines: readonly string[]): Parameters<typeof linesAround>[0] => ({
  lineCount: lines.length,
  lineAt: (line) => ({ text: lines[line]! }),
});
const numbered = document(Array.from({ length: 100 }, (_, n) => `line ${n}`));

describe('lines around a line', () => {
  it('are whole, and joined by line feeds', () => {
    expect(linesAround(numbered, 50, 1, 2, 1_000)).toBe('line 49\nline 50\nline 51\nline 52');
  });

  it('end where the document does', () => {
    expect(linesAround(numbered, 0, 5, 1, 1_000)).toBe('line 0\nline 1');
    expect(linesAround(numbered, 99, 1, 5, 1_000)).toBe('line 98\nline 99');
  });

  it('are cut where they are too many', () => {
    expect(linesAround(document(['x'.repeat(50), 'y'.repeat(50), 'z']), 0, 0, 9, 60)).toBe(`${'x'.repeat(50)}\n${'y'.repeat(9)}`);
  });
});
