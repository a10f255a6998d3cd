import * as v from 'valibot';
import { ErrorReportSchema } from '../error-report.ts';
import { StatusSchema } from './status.ts';
import { TurnSchema } from './turn.ts';

/** UTF-16 units of a text that is looked for: more is pasted by mistake, and would keep the engine from everything else. */
export const LONGEST_QUERY = 1_000;

export const ConversationSnapshotSchema = v.object({
  turns: v.array(TurnSchema),
  /** Whether turns older than the first of `turns` exist. */
  hasEarlier: v.boolean(),
  status: StatusSchema,
  /** What the user should know of how the conversation was opened, if anything: that its file was damaged, say. */
  notice: v.optional(ErrorReportSchema),
});
export type ConversationSnapshot = Readonly<v.InferOutput<typeof ConversationSnapshotSchema>>;

/** One place in the transcript where a text was found. */
export const SearchHitSchema = v.object({
  turnId: v.number(),
  createdAt: v.number(),
  role: v.picklist(['message', 'answer']),
  /** The text around the match. */
  excerpt: v.string(),
  /** What matches within the excerpt, in UTF-16 units: ascending, without overlaps, the end not included. */
  ranges: v.array(v.object({ start: v.number(), end: v.number() })),
});
export type SearchHit = Readonly<v.InferOutput<typeof SearchHitSchema>>;
