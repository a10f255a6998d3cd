import { describe, expect, it } from 'vitest';
import type { Eviction } from '../../../src/engine/cache/cache-listener.ts';
import { SentTurns } from '../../../src/engine/conversation/sent-turns.ts';

const WINDOW = 1000;

function withTurns(
  count: number,
  tokens: number,
): { readonly sent: SentTurns; readonly evictions: Eviction[]; readonly ids: readonly number[] } {
  const evictions: Eviction[] = [];
  const sent = new SentTurns(WINDOW, { text: 'Be brief.', tokens: 50 }, { onEviction: (eviction) => evictions.push(eviction) });
  const ids = Array.from({ length: count }, (_, at) => {
    const [turnId, question, answer] = [at + 1, `q${String(at + 1)}`, `a${String(at + 1)}`];
    return sent.add({ kind: 'turn', turnId, question, answer, tokens, questionTokens: tokens / 2 });
  });
  return { sent, evictions, ids };
}

describe('what a server is sent', () => {
  it('stays the same until there is no room for a message and its answer', () => {
    const { sent, evictions } = withTurns(6, 100);
    sent.makeRoom(100);
    expect(evictions).toEqual([]);
    expect(sent.turnIds).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('then loses half at once, and is told', () => {
    const { sent, evictions } = withTurns(7, 100);
    sent.makeRoom(100);
    expect(sent.turnIds).toEqual([4, 5, 6, 7]);
    expect(evictions).toEqual([{ tokens: 300, turnIds: [1, 2, 3], goneTurnIds: [1, 2, 3] }]);
    expect(sent.layout.used).toBeLessThanOrEqual(WINDOW / 2);
    // So there is nothing to do for a while.
    sent.makeRoom(200);
    expect(evictions).toHaveLength(1);
  });

  it('never loses what is pinned, nor the instructions, which stand first', () => {
    const { sent, ids } = withTurns(7, 100);
    sent.pin(ids[0]!, true);
    sent.add({ kind: 'pinned', turnId: undefined, question: 'Use tabs.', answer: 'Understood.', tokens: 20, questionTokens: 20 });
    sent.makeRoom(100);
    expect(sent.messages('?').map(({ content }) => content)).toEqual([
      'Be brief.',
      'Use tabs.',
      'Understood.',
      'q1',
      'a1',
      'q5',
      'a5',
      'q6',
      'a6',
      'q7',
      'a7',
      '?',
    ]);
    expect(sent.layout.segments.map(({ kind, start }) => `${kind} ${String(start)}`)).toEqual([
      'sink 0',
      'pinned 50',
      'pinned 70',
      'turn 170',
      'turn 270',
      'turn 370',
    ]);
  });

  it('has the roles in turns, whatever was never answered', () => {
    const { sent } = withTurns(1, 10);
    sent.add({ kind: 'turn', turnId: 2, question: 'stopped', answer: '', tokens: 10, questionTokens: 10 });
    sent.add({ kind: 'turn', turnId: 3, question: 'now', answer: '', tokens: 10, questionTokens: 10 });
    expect(sent.messages().map(({ role, content }) => `${role} ${content}`)).toEqual([
      'system Be brief.',
      'user q1',
      'assistant a1',
      'user now',
    ]);
  });

  it('shrinks to what the server has room for, but for the message itself', () => {
    const { sent, ids } = withTurns(4, 100);
    expect(sent.shrink(300, ids[3]!)).toBe(true);
    expect(sent.layout.window).toBe(300);
    expect(sent.turnIds).toEqual([4]);
    expect(sent.shrink(undefined, ids[3]!)).toBe(false);
  });

  it('compacts to the newest turns', async () => {
    const { sent, ids, evictions } = withTurns(4, 100);
    sent.pin(ids[1]!, true);
    expect(await sent.compact(1)).toBe(200);
    expect(sent.turnIds).toEqual([2, 4]);
    expect(evictions).toHaveLength(1);
    expect(await sent.compact(1)).toBe(0);
  });
});
