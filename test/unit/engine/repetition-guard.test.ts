import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RepetitionGuard } from '../../../src/engine/conversation/repetition-guard.ts';

function loopsAt(tokens: readonly number[]): number {
  const guard = new RepetitionGuard();
  return tokens.findIndex((token) => guard.push(token)) + 1;
}

const cycle = (period: number, length: number): readonly number[] => Array.from({ length }, (_, at) => at % period);

describe('the repetition guard', () => {
  it('stops a single token that repeats', () => {
    expect(loopsAt(cycle(1, 200))).toBe(64);
  });

  it('stops a long sentence that repeats after its fifth round', () => {
    expect(loopsAt(cycle(40, 400))).toBe(200);
  });

  it('notices a loop that begins in the middle of an answer', () => {
    const opening = Array.from({ length: 100 }, (_, at) => 1000 + at);
    expect(loopsAt([...opening, ...cycle(3, 200)])).toBe(164);
  });

  it('lets a short run pass, such as a ruler or a row of zeros', () => {
    expect(loopsAt([...cycle(1, 60), 7, 8, 9])).toBe(0);
  });

  it('lets anything pass that does not repeat', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(), { maxLength: 300 }), (tokens) => {
        expect(loopsAt(tokens)).toBe(0);
      }),
    );
  });

  it('never lets a loop of up to 64 tokens go on for more than five rounds or 64 tokens', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(), { minLength: 1, maxLength: 64 }), (loop) => {
        const tokens = Array.from({ length: 400 }, (_, at) => loop[at % loop.length] ?? 0);
        expect(loopsAt(tokens)).toBe(Math.max(64, loop.length * 5));
      }),
    );
  });
});
