import * as v from 'valibot';
import { ErrorReportSchema } from './error-report.ts';

/** What a model can be chosen for: the chat with the completions that share it, or completions alone. */
export const PURPOSES = ['chat', 'completions'] as const;
export type Purpose = (typeof PURPOSES)[number];

/** A file on the hub: `hf:OWNER/REPOSITORY/FILE.gguf`. No part of it may lead out of the folder that it stands for. */
export const HubUriSchema = v.pipe(v.string(), v.maxLength(400), v.regex(/^hf:(?:\w[\w.-]*\/){2}\w[\w.-]*\.gguf$/));

/** How the hub is reached; told with every download, since nothing of it is for the engine to keep. */
export const HubSchema = v.object({
  /** Address of the hub or of a mirror of it; empty for what `HF_ENDPOINT` says, or huggingface.co. */
  endpoint: v.string(),
  /** Address of a proxy, or empty for none; absent for what the environment says (`HTTP_PROXY`, `HTTPS_PROXY`). */
  proxy: v.optional(v.string()),
  /** Hosts that are reached without it. */
  noProxy: v.array(v.string()),
  /** Proves to the hub who asks. It goes to the end point and nowhere else, whatever that redirects to. */
  token: v.optional(v.string()),
});
export type Hub = Readonly<v.InferOutput<typeof HubSchema>>;

/**
 * What a download is doing: others go first; the hub is being asked; it comes in; a connection was lost and is tried again;
 * the whole is compared with its checksum; it is there; somebody has stopped it; it could not be had; the engine ended meanwhile.
 * What has come in is kept in all of them, and need not be fetched again.
 */
export const DOWNLOAD_STATES = [
  'waiting',
  'connecting',
  'downloading',
  'retrying',
  'checking',
  'done',
  'stopped',
  'failed',
  'interrupted',
] as const;
export type DownloadState = (typeof DOWNLOAD_STATES)[number];

export const DownloadSchema = v.object({
  uri: HubUriSchema,
  /** Of the model, for people. */
  name: v.string(),
  purpose: v.picklist(PURPOSES),
  /** The model that the settings named for that purpose when it was wanted; empty for none. */
  choice: v.string(),
  state: v.picklist(DOWNLOAD_STATES),
  /** Where the model is when it is done. */
  path: v.string(),
  /** What is there. */
  bytes: v.number(),
  /** Of the whole; absent while nobody has said. */
  totalBytes: v.optional(v.number()),
  /** Over the last seconds; 0 while nothing comes in. */
  bytesPerSecond: v.number(),
  /** Why it failed. */
  error: v.optional(ErrorReportSchema),
});
export type Download = Readonly<v.InferOutput<typeof DownloadSchema>>;

const UNDER_WAY: ReadonlySet<DownloadState> = new Set(['waiting', 'connecting', 'downloading', 'retrying', 'checking']);

/** Whether the engine works on it, or will by itself. */
export function isUnderWay({ state }: Pick<Download, 'state'>): boolean {
  return UNDER_WAY.has(state);
}

/** Seconds that it takes at the speed of now; nothing while that is not known. */
export function secondsLeft({ bytes, totalBytes, bytesPerSecond }: Download): number | undefined {
  return totalBytes === undefined || bytesPerSecond <= 0 ? undefined : (totalBytes - bytes) / bytesPerSecond;
}
