import * as v from 'valibot';
import { ChatMessageSchema, LANE_CHANGES, LANES, RequestStatsSchema, ToolCallSchema, ToolSchema } from './requests.ts';
import { AddressSchema } from './address.ts';
import { EngineSettingsSchema } from './engine-settings.ts';
import { FINISH_REASONS } from './turn.ts';

/** A request whose answer no conversation remembers. */
export const GenerateParamsSchema = v.object({
  /** Names it in its events; new for every request. */
  id: v.string(),
  prompt: v.variant('kind', [
    /** A command's: the model knows the conversation in the lane `beside`, and only how it begins in the other. */
    v.object({ kind: v.literal('message'), address: AddressSchema, message: v.pipe(v.string(), v.minLength(1)), lane: v.picklist(LANES) }),
    /** Somebody else's, who brings along all that the model is to know. */
    v.object({
      kind: v.literal('messages'),
      messages: v.pipe(v.array(ChatMessageSchema), v.minLength(1)),
      tools: v.array(ToolSchema),
      /** Whether the answer has to be the call of a tool. */
      mustCall: v.boolean(),
    }),
  ]),
  settings: EngineSettingsSchema,
  /** Tokens that the context of requests is to hold. */
  requestWindow: v.pipe(v.number(), v.integer(), v.minValue(256)),
});
export type GenerateParams = Readonly<v.InferOutput<typeof GenerateParamsSchema>>;

export const GenerateResultSchema = v.object({
  /** All that was written; calls of tools are not in it. */
  text: v.string(),
  calls: v.array(ToolCallSchema),
  finish: v.picklist(FINISH_REASONS),
  lane: v.picklist(LANES),
  /** Why it is another lane than was asked for, if it is. */
  change: v.optional(v.picklist(LANE_CHANGES)),
  /** Tokens that the context of requests holds, if it was used: fewer than were wished where the memory allows no more. */
  window: v.optional(v.number()),
  stats: RequestStatsSchema,
});
export type GenerateResult = Readonly<v.InferOutput<typeof GenerateResultSchema>>;
