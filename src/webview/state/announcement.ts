import type { Turn } from '../../shared/protocol.ts';
import type { ConversationMessage } from './conversation.ts';

/**
 * The turns that a message brings to their end: what a screen reader should tell. Turns that are loaded from history
 * are not news.
 */
export function endedBy(message: ConversationMessage, before: readonly Turn[]): readonly Turn[] {
  const known = new Map(before.map((turn) => [turn.id, isOpen(turn)]));
  switch (message.type) {
    case 'turn':
      return [message.turn].filter((turn) => !isOpen(turn) && known.get(turn.id) !== false);
    case 'state':
      return (message.conversation?.turns ?? []).filter((turn) => !isOpen(turn) && known.get(turn.id) === true);
    case 'earlier':
    case 'later':
    case 'around':
    case 'replaced':
    case 'forgotten':
    case 'text':
    case 'status':
      return [];
  }
}

function isOpen(turn: Turn): boolean {
  return turn.state === 'running' || turn.state === 'queued';
}
