import * as v from 'valibot';

/** What completions are made with. */
export const CompletionSettingsSchema = v.object({
  modelPath: v.string(),
  gpu: v.picklist(['auto', 'off']),
  threads: v.pipe(v.number(), v.integer(), v.minValue(0)),
  quantizedValues: v.boolean(),
  /** Window of the chat that shares the model; 0 for a model that only completes. */
  chatWindow: v.pipe(v.number(), v.integer(), v.minValue(0)),
  /** Tokens of code that the model is shown, extra passages included. */
  window: v.pipe(v.number(), v.integer(), v.minValue(256)),
});
export type CompletionSettings = Readonly<v.InferOutput<typeof CompletionSettingsSchema>>;

/** A place in a text where something may be written. */
export const CompletionPlaceSchema = v.object({
  /** Name of the workspace; empty for a file of none. */
  repository: v.string(),
  /** Path within the workspace. */
  path: v.string(),
  /** Whole lines before the cursor and the beginning of its own. */
  before: v.string(),
  /** The rest of the cursor's line and whole lines behind it. */
  after: v.string(),
  /** Whether somebody asked for it with a key, and waits for more. */
  explicit: v.boolean(),
});
export type CompletionPlace = Readonly<v.InferOutput<typeof CompletionPlaceSchema>>;

/**
 * What became of a request: there is a suggestion; the model had nothing to say; nothing of what it said was worth
 * suggesting; a newer request took its place; the model was not made for it; its state cannot be cut back at a key; another
 * model has the place of this one; the memory was given back, and is not taken again for a key.
 */
export const COMPLETION_OUTCOMES = [
  'suggested',
  'silent',
  'discarded',
  'superseded',
  'no-infill',
  'no-rewind',
  'other-model',
  'freed',
] as const;
export type CompletionOutcome = (typeof COMPLETION_OUTCOMES)[number];

export const CompletionResultSchema = v.object({
  outcome: v.picklist(COMPLETION_OUTCOMES),
  /** Goes behind the cursor; empty unless something is suggested. */
  text: v.string(),
  /** What may go there instead, for who asked with a key. */
  alternatives: v.array(v.string()),
  /** Of a request that reached the model. */
  stats: v.optional(
    v.object({
      /** Tokens of the prompt that were in the cache, and those that were not but are now. */
      reused: v.number(),
      evaluated: v.number(),
      generated: v.number(),
      /** Whether only what was typed had changed since the last request. */
      frameKept: v.boolean(),
      /** From the request's arrival to its first token, and to its end. */
      firstTokenMs: v.number(),
      totalMs: v.number(),
    }),
  ),
});
export type CompletionResult = Readonly<v.InferOutput<typeof CompletionResultSchema>>;

/** A passage from another place, shown to the model before the text at the cursor. */
export const PassageSchema = v.object({
  path: v.string(),
  text: v.string(),
});
export type Passage = Readonly<v.InferOutput<typeof PassageSchema>>;
