import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LlamaContextSequence, LlamaModel, Token } from 'node-llama-cpp';
import { distributionAfter, divergence } from '../../engine/cache/distribution.ts';
import { bosTokens } from '../../engine/model/bos-tokens.ts';
import { openCompared } from './contexts.ts';
import type { Operation } from './operations.ts';
import { RollingConversation, type Rolling } from './rolling-conversation.ts';
import { Words } from './words.ts';

export interface OracleQuestion {
  /** A model with one layer whose cached keys can be shifted. */
  readonly model: LlamaModel;
  readonly threads: number;
  readonly rolling: Rolling;
  readonly operations: readonly Operation[];
  /** Stands in for the sequence that rolls; by this, tests break it. */
  readonly throughSequence?: (sequence: LlamaContextSequence) => LlamaContextSequence;
}

export interface OracleAnswer {
  /** Largest divergence of the rolling cache from a fresh prefill, in nats. */
  readonly kl: number;
  readonly comparisons: number;
  readonly evictions: number;
  /** Places of the cache that held another token than they must, over all comparisons. */
  readonly misplaced: number;
  /** Tokens decoded beyond those appended, or fewer: with more, a cache would agree without having rolled. */
  readonly decodedAgain: number;
}

/** Cells of both contexts: the cache and its probes, and enough more for it to move about in. */
const CELLS = 256;

/** Operations between two comparisons; rotations that have not been done yet add up in the meantime. */
const OPERATIONS_PER_COMPARISON = 3;

/** Tokens that are tried after the text in each comparison. */
const PROBES = 3;

/**
 * Leads a conversation with the cache of the product through the operations and compares it, again and again, with a
 * fresh prefill of exactly the tokens it still holds. In a model with one layer keys and values depend on nothing but
 * the token and its position, so that both must agree. (With more layers what has been evicted lives on in what came
 * after it.)
 */
export async function askOracle(question: OracleQuestion): Promise<OracleAnswer> {
  const { model, threads, rolling, operations, throughSequence = unchanged } = question;
  const [opened, fresh] = [await openCompared(model, CELLS, threads), await openCompared(model, CELLS, threads)];
  const rolled = { ...opened, sequence: throughSequence(opened.sequence) };
  const directory = await mkdtemp(join(tmpdir(), 'endless-oracle-'));
  try {
    const words = new Words(model.iterateAllTokens());
    const conversation = new RollingConversation(rolling, rolled, words, bosTokens(model), join(directory, 'state.kv'));
    await conversation.begin();
    let [kl, comparisons, misplaced] = [0, 0, 0];
    for (const [at, operation] of operations.entries()) {
      await conversation.perform(operation);
      if ((at + 1) % OPERATIONS_PER_COMPARISON > 0 && at + 1 < operations.length) continue;
      misplaced += conversation.misplaced;
      kl = Math.max(kl, await largestDivergence(rolled.sequence, fresh.sequence, words.next(PROBES)));
      comparisons += 1;
    }
    const { evictions, decodedBesides } = conversation;
    return { kl, comparisons, evictions, misplaced, decodedAgain: Math.abs(decodedBesides - comparisons * PROBES) };
  } finally {
    await opened.context.dispose();
    await fresh.context.dispose();
    await rm(directory, { recursive: true });
  }
}

async function largestDivergence(rolled: LlamaContextSequence, fresh: LlamaContextSequence, probes: readonly Token[]): Promise<number> {
  await fresh.clearHistory();
  await fresh.evaluateWithoutGeneratingNewTokens(rolled.contextTokens);
  let largest = 0;
  for (const probe of probes) {
    const expected = await distributionAfter(fresh, probe);
    largest = Math.max(largest, divergence(expected, await distributionAfter(rolled, probe)));
  }
  return largest;
}

function unchanged(sequence: LlamaContextSequence): LlamaContextSequence {
  return sequence;
}
