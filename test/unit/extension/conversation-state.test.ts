import { describe, expect, test } from 'vitest';
import { PAGE_TURNS, withText, withoutTurn, withTurn } from '../../../src/extension/chat/conversation-state.ts';
import type { ConversationSnapshot, Turn } from '../../../src/shared/protocol.ts';

const turn = (id: number, answer = ''): Turn => ({ id, createdAt: id, state: 'running', message: `message ${id}`, answer });

const snapshotOf = (...turns: Turn[]): ConversationSnapshot => ({
  turns,
  hasEarlier: false,
  status: {
    activity: { kind: 'idle' },
    evictedUpTo: 0,
    stats: {
      tokensToday: 0,
      evictedToday: 0,
      evictionsToday: 0,
      rebuildsToday: 0,
      tokensPerSecond: 0,
      firstTokenMs: 0,
      appendedTokens: 0,
      decodedTokens: 0,
    },
  },
});

const idsOf = ({ turns }: ConversationSnapshot): number[] => turns.map(({ id }) => id);

describe('the state of the conversation', () => {
  test('takes a new turn at its place', () => {
    expect(idsOf(withTurn(snapshotOf(turn(1), turn(3)), turn(2)))).toEqual([1, 2, 3]);
  });

  test('replaces a turn that has changed', () => {
    expect(withTurn(snapshotOf(turn(1), turn(2)), turn(1, 'new')).turns).toEqual([turn(1, 'new'), turn(2)]);
  });

  test('keeps one page and says that there is more', () => {
    const page = Array.from({ length: PAGE_TURNS }, (_, i) => turn(i + 1));
    const next = withTurn(snapshotOf(...page), turn(PAGE_TURNS + 1));
    expect(idsOf(next)).toHaveLength(PAGE_TURNS);
    expect(idsOf(next)[0]).toBe(2);
    expect(next.hasEarlier).toBe(true);
  });

  test('drops a turn that is forgotten', () => {
    expect(idsOf(withoutTurn(snapshotOf(turn(1), turn(2)), 2))).toEqual([1]);
  });

  test('appends text, and a piece that comes twice only once', () => {
    const once = withText(snapshotOf(turn(1, 'one ')), { turnId: 1, offset: 4, text: 'two' });
    const twice = withText(once, { turnId: 1, offset: 4, text: 'two' });
    expect(once.turns[0]!.answer).toBe('one two');
    expect(twice).toEqual(once);
  });
});
