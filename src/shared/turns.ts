import type { EventParams } from './protocol/protocol.ts';
import type { Turn } from './protocol/turn.ts';

/** The turns after some have come or changed, ascending by id. */
export function withTurns(turns: readonly Turn[], changed: readonly Turn[]): Turn[] {
  const ids = new Set(changed.map((turn) => turn.id));
  return [...turns.filter((turn) => !ids.has(turn.id)), ...changed].sort((a, b) => a.id - b.id);
}

/** The turns after one has been taken out of the transcript, and all behind it if it is so. */
export function withoutTurn(turns: readonly Turn[], { turnId, andLater = false }: Omit<EventParams<'forgotten'>, 'address'>): Turn[] {
  return turns.filter(({ id }) => (andLater ? id < turnId : id !== turnId));
}

/**
 * The turns after a piece of answer or of thoughts has come, which follows the first `offset` UTF-16 units of that. What is
 * there already is ignored; text beyond a gap too, since the complete turn follows in the end. Turns that have not
 * changed stay the same objects.
 */
export function withText(
  turns: readonly Turn[],
  { turnId, offset, text, isThought = false }: Omit<EventParams<'text'>, 'address'>,
): Turn[] {
  return turns.map((turn) => {
    const before = isThought ? (turn.thoughts ?? '') : turn.answer;
    const known = before.length - offset;
    if (turn.id !== turnId || known < 0 || known >= text.length) return turn;
    return { ...turn, [isThought ? 'thoughts' : 'answer']: before + text.slice(known) };
  });
}
