import type { ConversationSnapshot, EventParams, Turn } from '../../shared/protocol.ts';

/** Turns that a page of the transcript has, and that are kept for a view that comes back. */
export const PAGE_TURNS = 50;

/** The snapshot after a turn has come or changed. */
export function withTurn(snapshot: ConversationSnapshot, turn: Turn): ConversationSnapshot {
  const known = snapshot.turns.some(({ id }) => id === turn.id);
  const turns = known
    ? snapshot.turns.map((other) => (other.id === turn.id ? turn : other))
    : [...snapshot.turns, turn].sort((a, b) => a.id - b.id);
  const kept = turns.slice(-PAGE_TURNS);
  return { ...snapshot, turns: kept, hasEarlier: snapshot.hasEarlier || kept.length < turns.length };
}

/** The snapshot after a turn has been taken out of the transcript. */
export function withoutTurn(snapshot: ConversationSnapshot, turnId: number): ConversationSnapshot {
  return { ...snapshot, turns: snapshot.turns.filter(({ id }) => id !== turnId) };
}

/** The snapshot after a piece of answer has come; a piece that is told twice stands there once. */
export function withText(
  snapshot: ConversationSnapshot,
  { turnId, offset, text }: Omit<EventParams<'text'>, 'address'>,
): ConversationSnapshot {
  const turns = snapshot.turns.map((turn) => (turn.id === turnId ? { ...turn, answer: turn.answer.slice(0, offset) + text } : turn));
  return { ...snapshot, turns };
}
