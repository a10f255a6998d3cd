import { describe, expect, it } from 'vitest';
import type { Turn } from '../../../src/shared/protocol/turn.ts';
import { DrawnTurns, type Run } from '../../../src/webview/chat/drawn-turns.ts';

const turns = (from: number, to: number, answer = ''): Turn[] =>
  Array.from({ length: to - from + 1 }, (_, at) => ({ id: from + at, createdAt: 0, section: 0, state: 'done', message: 'a', answer }));

/** The runs until everything is drawn. */
function runs(drawn: DrawnTurns, all: readonly Turn[], start?: number): readonly Run[] {
  const result = [drawn.grow(all, start)];
  for (let run = result[0]!; run.from > 0 || run.to < all.length; run = result.at(-1)!) result.push(drawn.grow(all, start));
  return result;
}

describe('a page of turns', () => {
  it('is drawn from its end, a few turns at a time', () => {
    expect(runs(new DrawnTurns(), turns(1, 20))).toEqual([
      { from: 12, to: 20 },
      { from: 4, to: 20 },
      { from: 0, to: 20 },
    ]);
  });

  it('is drawn from the turn that is wanted, first what follows it', () => {
    expect(runs(new DrawnTurns(), turns(101, 120), 106).slice(0, 3)).toEqual([
      { from: 5, to: 13 },
      { from: 5, to: 20 },
      { from: 0, to: 20 },
    ]);
  });

  it('is drawn turn by turn where they are long', () => {
    expect(runs(new DrawnTurns(), turns(1, 3, 'x'.repeat(10_000)))).toEqual([
      { from: 2, to: 3 },
      { from: 1, to: 3 },
      { from: 0, to: 3 },
    ]);
  });

  it('joins what is drawn, in front or behind; what has gone needs no more drawing', () => {
    const drawn = new DrawnTurns();
    runs(drawn, turns(51, 60));
    expect(drawn.within(turns(41, 58))).toEqual({ from: 10, to: 18 });
    expect(runs(drawn, turns(41, 58))).toEqual([
      { from: 2, to: 18 },
      { from: 0, to: 18 },
    ]);
    expect(runs(drawn, turns(41, 59))).toEqual([{ from: 0, to: 19 }]);
  });

  it('from another place is drawn anew', () => {
    const drawn = new DrawnTurns();
    runs(drawn, turns(51, 60));
    expect(drawn.within(turns(1, 10))).toEqual({ from: 0, to: 0 });
    expect(drawn.grow(turns(1, 10), 4)).toEqual({ from: 3, to: 10 });
  });

  it('may be empty', () => {
    expect(runs(new DrawnTurns(), [])).toEqual([{ from: 0, to: 0 }]);
  });
});
