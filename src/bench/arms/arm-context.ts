import type { LlamaContextSequence, TokenPredictor } from 'node-llama-cpp';
import { DecodeCounter } from '../../engine/cache/decode-counter.ts';
import type { LoadedModel } from '../../engine/model/loaded-model.ts';

export interface ArmContextOptions {
  /** Tokens that the arm may hold. */
  readonly window: number;
  /** Tokens that native code takes at once; the library's default if not given. */
  readonly batchSize?: number;
  /** As the product sets it if not given. */
  readonly flashAttention?: boolean;
  readonly tokenPredictor?: TokenPredictor;
}

/** A context of an arm's own, with one sequence, on the model and the threads that all arms share. */
export interface ArmContext {
  readonly sequence: LlamaContextSequence;
  readonly decodes: DecodeCounter;
  readonly window: number;
  /** To be called in any case: the model cannot be unloaded while a context is lost that was not disposed. */
  dispose(): Promise<void>;
}

/** Opens a context like the product's own, so that only what is done with it makes a difference. */
export async function openArmContext(loaded: LoadedModel, options: ArmContextOptions): Promise<ArmContext> {
  const decodes = new DecodeCounter();
  const context = await loaded.model.createContext({
    // One cell more than the window: the library's own shift fires when the context is full.
    contextSize: options.window + 1,
    sequences: 1,
    threads: loaded.facts.threads,
    flashAttention: options.flashAttention ?? loaded.context.flashAttention,
    batching: { itemPrioritizationStrategy: decodes.strategy },
    ...(options.batchSize !== undefined && { batchSize: options.batchSize }),
  });
  const sequence = context.getSequence({
    checkpoints: { max: 0, interval: false },
    ...(options.tokenPredictor && { tokenPredictor: options.tokenPredictor }),
  });
  return { sequence, decodes, window: options.window, dispose: () => context.dispose() };
}
