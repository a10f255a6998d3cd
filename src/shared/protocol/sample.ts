import * as v from 'valibot';

/** What was measured when an answer had ended. */
export const SampleSchema = v.object({
  /** Milliseconds since the epoch. */
  at: v.number(),
  turnId: v.number(),
  tokensPerSecond: v.number(),
  firstTokenMs: v.number(),
  promptTokensPerSecond: v.number(),
  processBytes: v.number(),
  gpuBytes: v.optional(v.number()),
  /**
   * How surprised the model was by what it said itself: e to the mean negative logarithm of the probability that each token of
   * the answer had when it was drawn, among the candidates that the sampling left. From 1 on; absent where nothing is drawn, since
   * the likeliest token is always taken.
   */
  perplexity: v.optional(v.number()),
});
export type Sample = Readonly<v.InferOutput<typeof SampleSchema>>;
