import * as v from 'valibot';
import { LedgerStateSchema } from '../cache/ledger.ts';
import { DialogueStateSchema } from '../conversation/dialogue-state.ts';

/**
 * All that a native state depends on. Native code that is given the state of another model, or of a context that was made
 * otherwise, fails or crashes; so all of it must be the same.
 */
export const CacheIdentitySchema = v.object({
  /** The model's. Tokens mean nothing to another one. */
  fingerprint: v.string(),
  /** Version of node-llama-cpp. */
  library: v.string(),
  backend: v.string(),
  flashAttention: v.string(),
  /** Cells of the context, and how many of them are the window. */
  contextSize: v.number(),
  window: v.number(),
  /** How positions are dealt with. */
  canShift: v.boolean(),
  yarnLeftOut: v.boolean(),
  /** Those of before were all in 16 bits. */
  quantizedValues: v.optional(v.boolean(), false),
  systemPrompt: v.string(),
});
export type CacheIdentity = Readonly<v.InferOutput<typeof CacheIdentitySchema>>;

/** A file with a native state, in the folder of checkpoints. */
export const StateFileSchema = v.object({
  name: v.pipe(v.string(), v.regex(/^[a-z0-9-]+\.kv$/)),
  bytes: v.number(),
  /** SHA-256, in hex. */
  checksum: v.string(),
});
export type StateFile = Readonly<v.InferOutput<typeof StateFileSchema>>;

/** Where the journal begins: with a checkpoint, or with an empty cache. */
export const ManifestSchema = v.object({
  identity: CacheIdentitySchema,
  /** Whether another model has answered since: turns may be missing in the cache. */
  wasAside: v.optional(v.boolean()),
  checkpoint: v.optional(v.object({ file: StateFileSchema, cache: LedgerStateSchema, dialogue: DialogueStateSchema })),
});
export type Manifest = Readonly<v.InferOutput<typeof ManifestSchema>>;
