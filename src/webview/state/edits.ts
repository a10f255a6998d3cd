import * as v from 'valibot';
import { isWholeFrom, refillBudget } from '../../shared/cache-layout.ts';
import type { Conversation } from './conversation.ts';

/** What a message of the transcript is being changed to. */
export const EditSchema = v.object({ turnId: v.number(), text: v.string() });
export type Edit = Readonly<v.InferOutput<typeof EditSchema>>;

/** What it costs to send a changed message. */
export interface EditCost {
  /** Turns that leave the conversation behind it; undefined where their end is not known. */
  readonly leaving: number | undefined;
  /** Tokens that are read again, at most, and how long that takes in seconds; absent where nothing is. */
  readonly reread?: { readonly tokens: number; readonly seconds: number | undefined };
}

/** An edit as it is drawn. */
export interface OpenEdit extends Edit {
  readonly cost: EditCost;
  /** Whether something else is on its way, which has to arrive before. */
  readonly isHeldUp: boolean;
}

/** The edits after one has changed; without a text it ends. */
export function atTurn(edits: readonly Edit[], turnId: number, text: string | undefined): readonly Edit[] {
  const others = edits.filter((edit) => edit.turnId !== turnId);
  return text === undefined ? others : [...others, { turnId, text }];
}

export function textAt(edits: readonly Edit[], turnId: number): string | undefined {
  return edits.find((edit) => edit.turnId === turnId)?.text;
}

/**
 * What it costs to put a message in the place of a turn: where that has left the cache, wholly or in part, the cache is filled
 * again. A cache that is not there is filled with any message.
 */
export function editCost(turnId: number, { shown, status }: Conversation): EditCost {
  const leaving = shown.hasLater ? undefined : shown.turns.filter(({ id }) => id > turnId).length;
  const layout = status?.cache;
  if (!layout || isWholeFrom(turnId, layout, status.evictedUpTo)) return { leaving };
  const tokens = refillBudget(layout);
  const speed = status.stats.promptTokensPerSecond;
  return { leaving, reread: { tokens, seconds: speed > 0 ? tokens / speed : undefined } };
}
