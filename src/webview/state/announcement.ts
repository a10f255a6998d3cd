import type { Turn } from '../../shared/protocol/turn.ts';
import type { ConversationMessage } from './conversation.ts';

/** What a screen reader should tell: it has happened before the user's eyes. */
export type News =
  { readonly kind: 'ended'; readonly turn: Turn } | { readonly kind: 'pinned'; readonly pinned: boolean } | { readonly kind: 'forgotten' };

/**
 * What a message brings: turns that come to their end, a turn that is pinned or has gone. Turns that are loaded from history
 * are not news, nor are those that another message takes the place of.
 *
 * @param before the turns that were known.
 */
export function newsIn(message: ConversationMessage, before: readonly Turn[]): readonly News[] {
  const known = new Map(before.map((turn) => [turn.id, turn]));
  const wasOpen = (id: number): boolean | undefined => {
    const turn = known.get(id);
    return turn && isOpen(turn);
  };
  switch (message.type) {
    case 'turn': {
      const { turn } = message;
      if (!isOpen(turn) && wasOpen(turn.id) !== false) return [{ kind: 'ended', turn }];
      return pinning(known.get(turn.id), turn);
    }
    case 'state':
      return (message.conversation?.turns ?? [])
        .filter((turn) => !isOpen(turn) && wasOpen(turn.id) === true)
        .map((turn) => ({ kind: 'ended', turn }));
    case 'forgotten':
      return known.has(message.turnId) && message.andLater !== true ? [{ kind: 'forgotten' }] : [];
    case 'earlier':
    case 'later':
    case 'around':
    case 'replaced':
    case 'text':
    case 'status':
      return [];
  }
}

function pinning(before: Turn | undefined, { pinned = false }: Turn): readonly News[] {
  return before && (before.pinned ?? false) !== pinned ? [{ kind: 'pinned', pinned }] : [];
}

function isOpen(turn: Turn): boolean {
  return turn.state === 'running' || turn.state === 'queued';
}
