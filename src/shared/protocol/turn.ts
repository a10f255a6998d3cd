import * as v from 'valibot';
import { AttachmentSchema } from '../attachments.ts';
import { ErrorReportSchema } from '../error-report.ts';

export const TURN_STATES = ['queued', 'running', 'done', 'stopped', 'failed', 'interrupted'] as const;

/**
 * Why an answer ended: the model ended it, the user stopped it, the limit on its length was reached, it was going
 * round in a loop, or it produced a control token that does not end a turn.
 */
export const FINISH_REASONS = ['end', 'stopped', 'length', 'repetition', 'control-token'] as const;
export type FinishReason = (typeof FINISH_REASONS)[number];

export const TurnStatsSchema = v.object({
  /** Tokens of the message as they entered the cache, and of the answer. */
  messageTokens: v.number(),
  answerTokens: v.number(),
  /** From the start of work on the turn to its first token; waiting in the queue and loading not counted. */
  firstTokenMs: v.number(),
  tokensPerSecond: v.number(),
});

/** A passage of an earlier turn that the model was shown with a message, since it was in the cache no longer. */
export const RecalledPassageSchema = v.object({
  turnId: v.number(),
  /** When that turn began, in milliseconds since the epoch. */
  createdAt: v.number(),
  role: v.picklist(['message', 'answer']),
  text: v.string(),
});
export type RecalledPassage = Readonly<v.InferOutput<typeof RecalledPassageSchema>>;

/** One message with its answer, as it stands in the transcript. */
export const TurnSchema = v.object({
  /** Ascending within a conversation. */
  id: v.number(),
  /** Milliseconds since the epoch. */
  createdAt: v.number(),
  /** Which part of the conversation it belongs to, from 0 on; the user begins a new one. */
  section: v.number(),
  state: v.picklist(TURN_STATES),
  message: v.string(),
  /** What the model was shown before the message. */
  attachments: v.optional(v.array(AttachmentSchema)),
  /** What the model thought before it answered. */
  thoughts: v.optional(v.string()),
  answer: v.string(),
  /** Whether it is never to be evicted. */
  pinned: v.optional(v.boolean()),
  finish: v.optional(v.picklist(FINISH_REASONS)),
  error: v.optional(ErrorReportSchema),
  stats: v.optional(TurnStatsSchema),
  /** Where the user asked for recall, or something was recalled: what the model was shown behind the message, oldest first. */
  recall: v.optional(v.object({ asked: v.boolean(), passages: v.array(RecalledPassageSchema) })),
});
export type Turn = Readonly<v.InferOutput<typeof TurnSchema>>;
