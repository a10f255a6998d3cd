import * as v from 'valibot';

/** What a client wants the engine to run; a change of model or window takes effect with the next message. */
export const EngineSettingsSchema = v.object({
  modelPath: v.string(),
  /** Wished window in tokens; the engine caps it by what the model and the memory allow. */
  window: v.pipe(v.number(), v.integer(), v.minValue(64)),
  gpu: v.picklist(['auto', 'off']),
  /** CPU threads; 0 lets the engine choose. */
  threads: v.pipe(v.number(), v.integer(), v.minValue(0)),
  /** Whether the values of the cache are to be kept in 8 bits, which halves them; keys are always kept in 16. */
  quantizedValues: v.boolean(),
  systemPrompt: v.string(),
  /** What the workspace tells the model, as a message of the user; empty for nothing. It is pinned in the cache. */
  instructions: v.string(),
  temperature: v.pipe(v.number(), v.minValue(0), v.maxValue(2)),
  topP: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
  topK: v.pipe(v.number(), v.integer(), v.minValue(0)),
  minP: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
  repeatPenalty: v.pipe(v.number(), v.minValue(1), v.maxValue(2)),
  /** Longest answer in tokens; 0 means until the model ends it. */
  maxAnswerTokens: v.pipe(v.number(), v.integer(), v.minValue(0)),
  /** Whether what the model thinks before it answers stays in the cache. */
  keepThoughts: v.boolean(),
  /** Part of the window that passages of turns which have left the cache may take in a message; 0 recalls none. */
  recallShare: v.pipe(v.number(), v.minValue(0), v.maxValue(0.5)),
});
export type EngineSettings = Readonly<v.InferOutput<typeof EngineSettingsSchema>>;

const SECONDS_OF_A_DAY = 86_400;
const MINUTES_OF_A_WEEK = 10_080;

/** What holds for the engine as a whole; what a client said last is what counts. */
export const PreferencesSchema = v.object({
  /** How long the engine stays after its last client has gone, in seconds. */
  lingerSeconds: v.pipe(v.number(), v.minValue(0), v.maxValue(SECONDS_OF_A_DAY)),
  /** After so many seconds without work the cache is written to the disk; 0 for only when it has to leave the memory. */
  checkpointSeconds: v.pipe(v.number(), v.minValue(0), v.maxValue(SECONDS_OF_A_DAY)),
  /** What all checkpoints together may take, in bytes; 0 for none at all. */
  checkpointBytes: v.pipe(v.number(), v.minValue(0)),
  /** Conversations that may be in memory at the same time, where it has room for them. */
  residents: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(8)),
  /** After so many minutes without work all models are unloaded; 0 for never. */
  freeAfterMinutes: v.pipe(v.number(), v.minValue(0), v.maxValue(MINUTES_OF_A_WEEK)),
  /** Whether that is done soon while the machine runs on battery. */
  freeOnBattery: v.boolean(),
});
export type Preferences = Readonly<v.InferOutput<typeof PreferencesSchema>>;
