import * as v from 'valibot';

/**
 * Where a model would run on this machine: wholly on the GPU; with some layers on it and the others on the CPU; on the CPU, since
 * there is no GPU or nothing of it would fit; nowhere.
 */
export const FITS = ['gpu', 'partly', 'cpu', 'tooLarge'] as const;
export type Fit = (typeof FITS)[number];

/** A model of the catalogue as this machine sees it. */
export const RankedModelSchema = v.object({
  id: v.string(),
  fit: v.picklist(FITS),
  /** Tokens that it would have for the window that is wished. */
  window: v.number(),
  /** What it would take with that window, in bytes. */
  memoryBytes: v.number(),
  /** Whether its cache can roll in that window. */
  rolls: v.boolean(),
});
export type RankedModel = Readonly<v.InferOutput<typeof RankedModelSchema>>;

/** What models would have to run on. */
export const MachineSchema = v.object({
  backend: v.picklist(['cpu', 'metal', 'cuda', 'vulkan']),
  devices: v.array(v.string()),
  /** Of all GPUs together; 0 without one. */
  vramBytes: v.number(),
  ramBytes: v.number(),
  /** Whether the memory of the GPU is that of the machine. */
  isUnified: v.boolean(),
});
export type Machine = Readonly<v.InferOutput<typeof MachineSchema>>;

/** Where a model file was found. */
export const STORES = ['downloaded', 'ollama', 'lmStudio', 'huggingFace', 'folder'] as const;
export type Store = (typeof STORES)[number];

/** A model file that is on this machine. */
export const LocalModelSchema = v.object({
  path: v.string(),
  /** As the store calls it. */
  name: v.string(),
  bytes: v.number(),
  store: v.picklist(STORES),
  /** Where it was downloaded from, by us. */
  uri: v.optional(v.string()),
});
export type LocalModel = Readonly<v.InferOutput<typeof LocalModelSchema>>;
