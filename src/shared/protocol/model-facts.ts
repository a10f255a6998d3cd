import * as v from 'valibot';

/**
 * Why a model does not run on the best kind of back end: the user wants no GPU; there is an NVIDIA GPU, but no CUDA runtime, or none
 * that could be used; no GPU's driver was found; there is a driver, but no device; the back end of the GPU does not work; the memory
 * of the GPU was not enough.
 */
export const BACKEND_REASONS = ['turned-off', 'no-cuda', 'cuda-unusable', 'no-gpu', 'no-device', 'gpu-failed', 'no-room'] as const;
export type BackendReason = (typeof BACKEND_REASONS)[number];

/** How a model was loaded when the memory of the GPU was not enough for it as it was planned, one step after the other. */
export const FALLBACKS = ['fewer-layers', 'smaller-window', 'cpu'] as const;
export type Fallback = (typeof FALLBACKS)[number];

/** Why a context holds fewer tokens than were wished: the model was trained on no more, or the memory has no room for more. */
export const CONTEXT_LIMITS = ['trained', 'memory'] as const;
export type ContextLimit = (typeof CONTEXT_LIMITS)[number];

/** What a context is for. When the memory is short the first ones get less before those behind them do. */
export const CONTEXT_ROLES = ['request', 'completion', 'chat'] as const;
export type ContextRole = (typeof CONTEXT_ROLES)[number];

/** A context that stands. */
export const ContextFactsSchema = v.object({
  role: v.picklist(CONTEXT_ROLES),
  /** Tokens that it can hold, and those that were wished. */
  tokens: v.number(),
  wished: v.number(),
  /** Why they are fewer, if they are. */
  limit: v.optional(v.picklist(CONTEXT_LIMITS)),
});
export type ContextFacts = Readonly<v.InferOutput<typeof ContextFactsSchema>>;

/** What is loaded and what it really runs on. */
export const ModelFactsSchema = v.object({
  path: v.string(),
  name: v.string(),
  architecture: v.string(),
  fileBytes: v.number(),
  trainedContext: v.number(),
  window: v.number(),
  /** The wish that `window` was capped from. */
  wishedWindow: v.number(),
  /** Why it was capped, if it was. */
  windowLimit: v.optional(v.picklist(CONTEXT_LIMITS)),
  /** Tokens besides the window, for what is asked beside the conversation, and those that were wished; where the memory has no room for more. */
  reserveCut: v.optional(v.object({ tokens: v.number(), wished: v.number() })),
  backend: v.picklist(['cpu', 'metal', 'cuda', 'vulkan']),
  /** Why it is not another one; absent where it is the best there can be. */
  backendReason: v.optional(v.picklist(BACKEND_REASONS)),
  devices: v.array(v.string()),
  /** Memory of all devices together, in bytes; absent on the CPU. */
  deviceBytes: v.optional(v.number()),
  /** Where 8 bits were wished for the values of the cache: whether they are kept in 8 bits, or the model does not allow it. */
  quantizedValues: v.optional(v.boolean()),
  /** What was given up so that it could be loaded at all. */
  fallback: v.optional(v.picklist(FALLBACKS)),
  gpuLayers: v.number(),
  totalLayers: v.number(),
  threads: v.number(),
  /** Whether positions can be shifted, and if not, the code of the reason. */
  canShift: v.boolean(),
  shiftObstacle: v.optional(v.string()),
  /** Whether the file asks for YaRN and the model was loaded without, so that its cache can roll. */
  yarnLeftOut: v.boolean(),
});
export type ModelFacts = Readonly<v.InferOutput<typeof ModelFactsSchema>>;
