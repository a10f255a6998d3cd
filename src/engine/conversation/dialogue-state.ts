import type { Token } from 'node-llama-cpp';
import * as v from 'valibot';

/** What is evaluated of a message that is being written. */
const DraftStateSchema = v.object({
  /** Tokens of its role header, and those of its first tokens that stand in the sinks. */
  header: v.number(),
  lent: v.number(),
});

export const NO_DRAFT: v.InferOutput<typeof DraftStateSchema> = { header: 0, lent: 0 };

export const NO_THOUGHTS = { tokens: 0, message: 0 };

/** What a dialogue knows besides its cache. */
export const DialogueStateSchema = v.object({
  /** Tokens that belong to the last turn and are not in the cache yet. */
  pending: v.array(v.number()),
  /** What is pinned, and its segment; 0 while there is none. */
  instructions: v.string(),
  instructed: v.number(),
  /** Tokens of the first turn that stand in the sinks, since there are too few without. */
  lent: v.number(),
  /** The turn that is being answered; 0 while none is. */
  answering: v.number(),
  /** Thoughts of the newest turn that are to leave: so many tokens at the beginning of its answer, whose message had as many. */
  thoughts: v.optional(v.object({ tokens: v.number(), message: v.number() }), () => NO_THOUGHTS),
  /** What is attached to the next message; former versions did not write it. */
  draft: v.optional(DraftStateSchema, () => NO_DRAFT),
});
type Stored = v.InferOutput<typeof DialogueStateSchema>;

export type DialogueState = Readonly<Omit<Stored, 'pending'>> & { readonly pending: readonly Token[] };

export const NEW_DIALOGUE: DialogueState = {
  pending: [],
  instructions: '',
  instructed: 0,
  lent: 0,
  answering: 0,
  thoughts: NO_THOUGHTS,
  draft: NO_DRAFT,
};

export interface DialogueListener {
  /** What is another now; together with the operations on the cache it is all that is needed for going on later. */
  onChange?(change: Partial<DialogueState>): void;
}
