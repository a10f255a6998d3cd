import type { LlamaContextSequence, Token } from 'node-llama-cpp';

/** Probability of every token to come next. */
export type Distribution = ReadonlyMap<Token, number>;

/** The model's distribution after `probe`, which is taken out of the cache again. */
export async function distributionAfter(sequence: LlamaContextSequence, probe: Token): Promise<Distribution> {
  const at = sequence.nextTokenIndex;
  const [output] = await sequence.controlledEvaluate([[probe, { generateNext: { probabilities: true } }]]);
  await sequence.eraseContextTokenRanges([{ start: at, end: at + 1 }]);
  if (!output?.next.probabilities) throw new Error('no probabilities were given');
  return output.next.probabilities;
}

/** Kullback–Leibler divergence of `q` from `p`, in nats; NaN when one of them is no distribution. */
export function divergence(p: Distribution, q: Distribution): number {
  let sum = 0;
  for (const [token, probability] of p) {
    if (probability !== 0) sum += probability * Math.log(probability / Math.max(q.get(token) ?? 0, Number.MIN_VALUE));
  }
  return Math.max(0, sum);
}
