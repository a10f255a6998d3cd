import type { LlamaContextSequence, Token } from 'node-llama-cpp';

/** Most tokens of one scored decode: native code keeps the logits of each, four bytes for every token of the vocabulary. */
export const SCORED_BATCH = 128;

/**
 * Evaluates tokens and says how probable the model held the token that comes after each.
 *
 * At temperature 0 the selected token is the likeliest one, and the total weight is that of all logits above it, so
 * log p = logit − largest logit − ln(total weight), without sorting the vocabulary.
 *
 * @param following what comes after the last token; without it, nothing is said of the last one's successor.
 * @returns natural logarithms of the probabilities, in order.
 */
export async function evaluateScored(
  sequence: LlamaContextSequence,
  tokens: readonly Token[],
  following?: Token,
): Promise<readonly number[]> {
  const next = [...tokens.slice(1), ...(following === undefined ? [] : [following])];
  const outputs = await sequence.controlledEvaluate(
    tokens.map((token, at) => {
      const successor = next[at];
      if (successor === undefined) return token;
      const logits = { filter: { tokens: [successor], includeSelected: true } };
      return [token, { generateNext: { totalLogitWeight: true, logits, options: { temperature: 0 } } }];
    }),
  );
  return next.map((successor, at) => {
    const { logits, totalLogitWeight } = outputs[at]?.next ?? {};
    const logit = logits?.get(successor);
    if (!logits || logit === undefined || totalLogitWeight === undefined) throw new Error('no logits were given');
    return logit - Math.max(...logits.values()) - Math.log(totalLogitWeight);
  });
}
