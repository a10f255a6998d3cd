import * as v from 'valibot';

/**
 * What is asked of the model that no conversation remembers: commands that change code, and other extensions that ask
 * through VS Code. Part of the protocol (`protocol.ts`).
 */

/** A tool that the model wants to be called. */
export const ToolCallSchema = v.object({
  id: v.string(),
  name: v.string(),
  /** JSON, as the model wrote it. */
  input: v.string(),
});
export type ToolCall = Readonly<v.InferOutput<typeof ToolCallSchema>>;

/** A tool that the model may ask for. */
export const ToolSchema = v.object({
  name: v.string(),
  description: v.string(),
  /** JSON Schema of its input, as JSON; empty for a tool that takes none. */
  inputSchema: v.string(),
});
export type Tool = Readonly<v.InferOutput<typeof ToolSchema>>;

/** One message of what the model is told, oldest first. */
export const ChatMessageSchema = v.variant('role', [
  v.object({ role: v.literal('system'), text: v.string() }),
  v.object({ role: v.literal('user'), text: v.string() }),
  v.object({ role: v.literal('assistant'), text: v.string(), calls: v.array(ToolCallSchema) }),
  /** What a call gave; the model is told so before the next message. */
  v.object({ role: v.literal('tool'), callId: v.string(), text: v.string() }),
]);
export type ChatMessage = Readonly<v.InferOutput<typeof ChatMessageSchema>>;

/**
 * The two lanes. `beside`: behind the conversation, which the model then knows and which is the same afterwards.
 * `alone`: in a context of its own.
 */
export const LANES = ['beside', 'alone'] as const;
export type Lane = (typeof LANES)[number];

/**
 * Why a request that was to run beside the conversation ran alone: there was no room; the model cannot shift; another
 * window's conversation is in the cache.
 */
export const LANE_CHANGES = ['no-room', 'cannot-shift', 'elsewhere'] as const;
export type LaneChange = (typeof LANE_CHANGES)[number];

/** How far a request is. Tokens are counted in `prefill`. */
export const RequestStageSchema = v.variant('kind', [
  /** Something else has the model. */
  v.object({ kind: v.literal('waiting') }),
  v.object({ kind: v.literal('loading'), fraction: v.number() }),
  v.object({ kind: v.literal('prefill'), done: v.number(), total: v.number() }),
  v.object({ kind: v.literal('generating') }),
]);
export type RequestStage = Readonly<v.InferOutput<typeof RequestStageSchema>>;

export const RequestStatsSchema = v.object({
  /** Tokens of the prompt, those of them that were in the cache already, and tokens of the answer. */
  promptTokens: v.number(),
  reusedTokens: v.number(),
  answerTokens: v.number(),
  /** From the start of work, waiting and loading not counted. */
  firstTokenMs: v.number(),
  totalMs: v.number(),
});

/**
 * How many tokens of the context of requests are kept for the answer; a prompt may take the rest.
 *
 * @param maxAnswerTokens longest answer that the user wants; 0 for no limit.
 */
export function answerRoom(window: number, maxAnswerTokens: number): number {
  return Math.min(Math.floor(window / 4), maxAnswerTokens || window);
}
