import * as v from 'valibot';
import type { Turn } from '../../shared/protocol/turn.ts';
import { withTurns } from '../../shared/turns.ts';
import type { Conversation } from './conversation.ts';
import { typedFor } from './drafts.ts';

/** Something that was typed and stands in no transcript: a command that was run, a message that was cancelled, or a draft. */
export const NotedLineSchema = v.object({
  text: v.string(),
  /** The newest turn at that time; 0 where there was none. */
  after: v.number(),
});
export type NotedLine = Readonly<v.InferOutput<typeof NotedLineSchema>>;

/** Lines that are kept; nobody goes back further. */
const MOST_LINES = 100;

/** The lines with another one, which was typed behind these turns. */
export function withLine(lines: readonly NotedLine[], text: string, turns: readonly Turn[]): NotedLine[] {
  return [...lines, { text, after: turns.at(-1)?.id ?? 0 }].slice(-MOST_LINES);
}

/** What the user has typed so far, as far as it is known, oldest first. */
export function typedLines({ shown, newest }: Conversation, noted: readonly NotedLine[]): readonly string[] {
  const turns: readonly Turn[] = withTurns(shown.turns, newest.turns);
  const lines = [...turns.map((turn) => ({ after: turn.id, text: typedFor(turn) })), ...noted].toSorted((a, b) => a.after - b.after);
  return lines.map(({ text }) => text).filter((text, index, all) => text !== all[index - 1]);
}
