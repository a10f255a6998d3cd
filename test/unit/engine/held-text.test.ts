import { describe, expect, it } from 'vitest';
import type { Passage } from '../../../src/engine/memory/transcript.ts';
import { heldIn, type HeldText } from '../../../src/engine/recall/held-text.ts';
import { toldPieces } from '../../../src/engine/recall/told.ts';
import type { Segment } from '../../../src/shared/cache-layout.ts';
import type { Turn } from '../../../src/shared/protocol/turn.ts';

/** Every character is a token. */
const TOKENS = { count: (text: string) => text.length, lengthOf: (text: string, tokens: number) => Math.min(text.length, tokens) };

const turn = (id: number, changes: Partial<Turn> = {}): Turn => ({
  id,
  createdAt: 0,
  section: 0,
  state: 'done',
  message: `message ${String(id)}`,
  answer: `answer ${String(id)}`,
  ...changes,
});

const segment = (turnId: number, changes: Partial<Segment> = {}): Segment => ({
  id: turnId,
  kind: 'turn',
  turnId,
  tokens: 20,
  start: 0,
  header: 1,
  message: 9,
  answerHeader: 1,
  evicted: 0,
  ...changes,
});

function held(segments: readonly Segment[], turns: readonly Turn[]): HeldText {
  const layout = { window: 100, used: 0, segments: [...segments], strategy: 'streaming' as const };
  return heldIn(layout, { turn: (id) => turns.find((candidate) => candidate.id === id)! }, TOKENS);
}

function passage(turnId: number, role: Passage['role'], text: string, start = 0): Passage {
  return { turnId, role, text, start, end: start + text.length, score: 0, createdAt: 0, section: 0 };
}

describe('what the cache holds of the text', () => {
  it('is the turns that are there, whole, and not those that have left', () => {
    const { wholeTurns, isPartly, holds } = held([segment(2), segment(3, { tokens: 0 })], [turn(2)]);
    expect([wholeTurns, isPartly]).toEqual([[2], false]);
    expect(holds(passage(2, 'message', 'message 2'))).toBe(true);
    expect(holds(passage(1, 'message', 'message 1'))).toBe(false);
  });

  it('is the rest of a turn that has lost the beginning of its message', () => {
    const message = 'first part. second part.';
    const { wholeTurns, isPartly, holds } = held([segment(1, { message: 12, evicted: 12 })], [turn(1, { message })]);
    expect([wholeTurns, isPartly]).toEqual([[], true]);
    expect(holds(passage(1, 'message', 'first part.'))).toBe(false);
    expect(holds(passage(1, 'message', 'second part.', 12))).toBe(true);
    // Half of it would be there twice.
    expect(holds(passage(1, 'message', message))).toBe(true);
    expect(holds(passage(1, 'answer', 'answer 1'))).toBe(true);
  });

  it('is the end of the answer, when the message has gone', () => {
    const { holds } = held([segment(1, { message: 0, evicted: 9 + 4 })], [turn(1, { answer: 'one two' })]);
    expect(holds(passage(1, 'message', 'message 1'))).toBe(false);
    expect(holds(passage(1, 'answer', 'one'))).toBe(false);
    expect(holds(passage(1, 'answer', 'two', 4))).toBe(true);
  });

  it('is also what was recalled for a turn that is there', () => {
    const recall = { asked: false, passages: [{ turnId: 1, createdAt: 0, role: 'message' as const, text: 'message 1' }] };
    expect(held([segment(2)], [turn(2, { recall })]).holds(passage(1, 'message', 'message 1'))).toBe(true);
  });

  it('is no quote that has left, when one behind it is still there', () => {
    const quote = (turnId: number) => ({ turnId, createdAt: 0, role: 'message' as const, text: `message ${String(turnId)}` });
    const asking = turn(3, { recall: { asked: false, passages: [quote(1), quote(2)] } });
    const { length } = toldPieces(asking).join('');
    const first = toldPieces({ ...asking, recall: { asked: false, passages: [quote(1)] } }).join('').length;
    const holding = (lost: number): readonly boolean[] => {
      const { holds } = held([segment(3, { message: length - lost, evicted: lost })], [asking]);
      return [1, 2].map((id) => holds(passage(id, 'message', `message ${String(id)}`)));
    };
    expect(holding(first - 1)).toEqual([true, true]);
    expect(holding(first)).toEqual([false, true]);
    expect(holding(length)).toEqual([false, false]);
  });

  it('is a text that was said again', () => {
    expect(held([segment(2)], [turn(2, { message: 'again: message 1' })]).holds(passage(1, 'message', 'message 1'))).toBe(true);
  });
});
