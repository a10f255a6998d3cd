import * as v from 'valibot';

/** What is missing for CUDA: its packages; the same, after those of another version; an engine that begins with them there. */
export const CUDA_REMEDIES = ['download', 'download-again', 'restart'] as const;
export type CudaRemedy = (typeof CUDA_REMEDIES)[number];

/**
 * How it stands with the packages that the library needs to run on CUDA: there are none for this platform; there are, but not here, or
 * only those of another version of the library were, before an update; they were downloaded by Endless; they came with the library.
 */
export const CUDA_KINDS = ['none', 'absent', 'outdated', 'downloaded', 'installed'] as const;

export const CudaStateSchema = v.object({
  kind: v.picklist(CUDA_KINDS),
  /** Where they are downloaded to; empty where there are none. */
  folder: v.string(),
  downloadBytes: v.number(),
  unpackedBytes: v.number(),
});
export type CudaState = Readonly<v.InferOutput<typeof CudaStateSchema>>;
