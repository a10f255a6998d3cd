import type { Turn } from '../../shared/protocol.ts';

/**
 * The turns that have come to their end between two states of the transcript: what a screen reader should tell.
 * Turns that were loaded from history are not news.
 */
export function endedTurns(before: readonly Turn[], after: readonly Turn[]): readonly Turn[] {
  const open = new Set(before.filter(isOpen).map((turn) => turn.id));
  return after.filter((turn) => open.has(turn.id) && !isOpen(turn));
}

function isOpen(turn: Turn): boolean {
  return turn.state === 'running' || turn.state === 'queued';
}
