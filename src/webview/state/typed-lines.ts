import type { Turn } from '../../shared/protocol.ts';
import { withTurns } from '../../shared/turns.ts';
import type { Conversation } from './conversation.ts';
import { typedFor } from './drafts.ts';

/** A command that was run from the composer, which stands in no transcript. */
export interface RunLine {
  readonly text: string;
  /** The newest turn at that time; 0 where there was none. */
  readonly after: number;
}

/** What the user has typed so far, as far as it is known, oldest first. */
export function typedLines({ shown, newest }: Conversation, run: readonly RunLine[]): readonly string[] {
  const turns: readonly Turn[] = withTurns(shown.turns, newest.turns);
  const lines = [...turns.map((turn) => ({ after: turn.id, text: typedFor(turn) })), ...run].toSorted((a, b) => a.after - b.after);
  return lines.map(({ text }) => text).filter((text, index, all) => text !== all[index - 1]);
}
