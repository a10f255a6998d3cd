import type { LlamaContextSequence, Token } from 'node-llama-cpp';
import { distributionAfter, divergence } from './distribution.ts';
import { closeGap, openGap } from './native.ts';

/**
 * Divergence, in nats, up to which shifting counts as exact. Rounding comes to 2e-4 at most where weights are rounded to
 * eight bits too; one layer in four without positions is at 3e-3 in a network of random weights, YaRN at 0.2.
 */
export const LARGEST_SHIFT_DIVERGENCE = 1e-3;

/** Tokens that stay where they are, as sinks do. */
const FIXED = 4;

/**
 * Moves the whole cache up by `distance` positions and compares what the model says then with what it said before. Where
 * only the distances between tokens count, that is the same at any depth. It is not where positions are learned, where
 * keys are rotated that carry no position, or where a scaling is applied a second time.
 *
 * Never call this on a model whose metadata says that it cannot shift: native code may abort the process.
 *
 * @param tokens as for `shiftDrift`.
 * @returns divergence of the next token's distribution, in nats.
 */
export async function shiftDivergence(sequence: LlamaContextSequence, tokens: readonly Token[], distance: number): Promise<number> {
  const [probe = 0 as Token, ...text] = tokens;
  await sequence.clearHistory();
  await sequence.evaluateWithoutGeneratingNewTokens(text);
  const before = await distributionAfter(sequence, probe);
  openGap(sequence, 0, distance);
  const after = await distributionAfter(sequence, probe);
  closeGap(sequence, 0, distance);
  await sequence.clearHistory();
  return divergence(before, after);
}

/**
 * Shifts the keys behind the first four up by `distance` and back again, `rounds` times, with a decode after each so
 * that the rotation is really done. Where shifting is exact, nothing has changed.
 *
 * Never call this on a model whose metadata says that it cannot shift: native code may abort the process.
 *
 * @param tokens what to fill the cache with; at least 6, and `distance` more must fit into the context.
 * @returns divergence of the next token's distribution, in nats. Where shifting is exact, only rounding is left: about
 *   1e-6 with 16-bit weights, 1e-4 with 8-bit ones.
 */
export async function shiftDrift(
  sequence: LlamaContextSequence,
  tokens: readonly Token[],
  { distance, rounds }: { readonly distance: number; readonly rounds: number },
): Promise<number> {
  const [probe = 0 as Token, ...text] = tokens;
  await sequence.clearHistory();
  await sequence.evaluateWithoutGeneratingNewTokens(text);
  const before = await distributionAfter(sequence, probe);
  for (let round = 0; round < rounds; round++) {
    openGap(sequence, FIXED, distance);
    await distributionAfter(sequence, probe);
    closeGap(sequence, FIXED, distance);
    await distributionAfter(sequence, probe);
  }
  const after = await distributionAfter(sequence, probe);
  await sequence.clearHistory();
  return divergence(before, after);
}
