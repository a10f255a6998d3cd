import type { LlamaContext, LlamaContextSequence, LlamaModel } from 'node-llama-cpp';
import { DecodeCounter } from '../../engine/cache/decode-counter.ts';

/** A context of its own for one side of a comparison. */
export interface ComparedContext {
  readonly context: LlamaContext;
  readonly sequence: LlamaContextSequence;
  readonly decodes: DecodeCounter;
}

/**
 * A context like the one of a chat, but without flash attention: that sums up in half precision, on the CPU at least,
 * and in the order of the cells. A cache that has rolled has its tokens in other cells than a fresh one, and the
 * rounding alone would come to 1e-5 nats.
 */
export async function openCompared(model: LlamaModel, tokens: number, threads: number): Promise<ComparedContext> {
  const decodes = new DecodeCounter();
  const context = await model.createContext({
    contextSize: tokens,
    sequences: 1,
    threads,
    flashAttention: false,
    batching: { itemPrioritizationStrategy: decodes.strategy },
  });
  return { context, sequence: context.getSequence({ checkpoints: { max: 0, interval: false } }), decodes };
}
