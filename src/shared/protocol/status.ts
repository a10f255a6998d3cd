import * as v from 'valibot';
import { CacheLayoutSchema } from '../cache-layout.ts';
import { CUDA_REMEDIES } from './cuda.ts';
import { ContextFactsSchema, ModelFactsSchema } from './model-facts.ts';
import { SentSchema, ServerFactsSchema } from './server-facts.ts';

/** What the engine is doing for a conversation right now. `done` and `total` count tokens (bytes are not known). */
export const ActivitySchema = v.variant('kind', [
  v.object({ kind: v.literal('idle') }),
  v.object({ kind: v.literal('loading'), fraction: v.number() }),
  v.object({ kind: v.literal('rebuilding'), done: v.number(), total: v.number() }),
  v.object({ kind: v.literal('prefill'), turnId: v.number(), done: v.number(), total: v.number() }),
  v.object({ kind: v.literal('generating'), turnId: v.number() }),
  /** Something is asked beside the conversation; messages wait for it. */
  v.object({ kind: v.literal('aside') }),
  /** Others have the model; so many go before. */
  v.object({ kind: v.literal('waiting'), ahead: v.number() }),
  /** The cache comes back from its checkpoint. */
  v.object({ kind: v.literal('restoring'), done: v.number(), total: v.number() }),
]);
export type Activity = Readonly<v.InferOutput<typeof ActivitySchema>>;

/** Counters of the conversation; the day is the user's local one. */
export const StatsSchema = v.object({
  tokensToday: v.number(),
  evictedToday: v.number(),
  evictionsToday: v.number(),
  /** Times the cache had to be filled again from the transcript (engine restart, or an architecture that cannot shift). */
  rebuildsToday: v.number(),
  tokensPerSecond: v.number(),
  firstTokenMs: v.number(),
  /** How fast messages are read, as measured lately; 0 while nothing was. */
  promptTokensPerSecond: v.number(),
  /** When something was evicted last, on whatever day, in milliseconds since the epoch. */
  lastEvictionAt: v.optional(v.number()),
  /**
   * Tokens that entered the cache, and tokens the native code decoded, since the model was loaded. Whatever was
   * decoded beyond what was appended was computed a second time; a rolling cache keeps the two equal.
   */
  appendedTokens: v.number(),
  decodedTokens: v.number(),
});
export type Stats = Readonly<v.InferOutput<typeof StatsSchema>>;

/** What the engine takes, in bytes; not older than a second while it works. */
export const MemorySchema = v.object({
  /** Of the chat's context for keys and values, all of which is allocated from the beginning; absent where that is not known. */
  kvBytes: v.optional(v.number()),
  /** Of the engine's process, the mapped part of the model file included (resident set). */
  processBytes: v.number(),
  /** Of the GPUs, by whatever program as far as the back end tells, and how much they have; absent on the CPU. */
  gpuBytes: v.optional(v.number()),
  gpuTotalBytes: v.optional(v.number()),
});
export type Memory = Readonly<v.InferOutput<typeof MemorySchema>>;

/**
 * Why a cache had to be filled again from the text: there was no checkpoint; it is another model's; the context is another
 * one (its size, its back end); the system prompt has changed; another version of the library wrote it; the file has gone or
 * is damaged; more was said since than the window holds; the record of that is damaged; the engine crashed on it; it failed; a
 * message has taken the place of a turn that was not wholly there any more.
 */
export const REBUILD_REASONS = [
  'no-checkpoint',
  'other-model',
  'other-context',
  'other-prompt',
  'other-version',
  'missing',
  'damaged',
  'journal-too-long',
  'journal-damaged',
  'crashed',
  'failed',
  'edited',
] as const;
export type RebuildReason = (typeof REBUILD_REASONS)[number];

/** How the conversation came into the cache. */
export const CacheOriginSchema = v.variant('kind', [
  v.object({ kind: v.literal('new') }),
  /** As it was; so many tokens were evaluated again for that, those since the checkpoint. */
  v.object({ kind: v.literal('restored'), tokens: v.number() }),
  /** From the text of its newest turns; for so many that are pinned there was no room, if for any. */
  v.object({ kind: v.literal('rebuilt'), reason: v.picklist(REBUILD_REASONS), pinsLeftOut: v.optional(v.number()) }),
]);
export type CacheOrigin = Readonly<v.InferOutput<typeof CacheOriginSchema>>;

/** Why all models were unloaded: the user said so, nothing was asked for a while, or the machine runs on battery. */
export const FreedSchema = v.object({
  reason: v.picklist(['command', 'idle', 'battery']),
  /** Milliseconds since the epoch. */
  at: v.number(),
});
export type Freed = Readonly<v.InferOutput<typeof FreedSchema>>;

/** Everything but the transcript; sent whole when something in it has changed, at most ten times a second as figures go. */
export const StatusSchema = v.object({
  activity: ActivitySchema,
  stats: StatsSchema,
  cache: v.optional(CacheLayoutSchema),
  origin: v.optional(CacheOriginSchema),
  /** Longest message that leaves room for its answer, with all that is attached, in tokens; absent while there is no cache. */
  longestMessage: v.optional(v.number()),
  model: v.optional(ModelFactsSchema),
  /** The server that answers in its place. */
  server: v.optional(ServerFactsSchema),
  /** Absent until a server has answered. */
  sent: v.optional(SentSchema),
  /** That the memory of the models was given back; absent once one is needed again. */
  freed: v.optional(FreedSchema),
  /** The contexts besides that of the chat; absent while there are none. */
  contexts: v.optional(v.array(ContextFactsSchema)),
  /** Absent while no model is loaded. */
  memory: v.optional(MemorySchema),
  /** What would have the model run on CUDA, where it might and does not; absent where nothing is known that would. */
  cuda: v.optional(v.picklist(CUDA_REMEDIES)),
  /** The newest turn that has left the cache, wholly or in part; 0 when none has. */
  evictedUpTo: v.number(),
  /** The part of the conversation that the next message belongs to. */
  section: v.number(),
  /** What was cleared and can still be brought back: how many turns, and when it was (milliseconds since the epoch). */
  cleared: v.optional(v.object({ turns: v.number(), at: v.number() })),
});
export type Status = Readonly<v.InferOutput<typeof StatusSchema>>;
