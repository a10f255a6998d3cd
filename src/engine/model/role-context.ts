import type { CustomBatchingDispatchSchedule, LlamaContext, LlamaContextSequence, TokenPredictor } from 'node-llama-cpp';
import { canCutBack } from './shift-capability.ts';
import { EndlessError } from '../../shared/errors.ts';
import { DecodeCounter } from '../cache/decode-counter.ts';
import { loadError } from './load-error.ts';
import { nativeLibrary } from './native-library.ts';
import type { Weights } from './weights.ts';

/** A context no smaller than this can hold a system prompt and a turn. */
const SMALLEST_CONTEXT = 256;

/** So many tokens must have been said as they were asked before it is tried how that goes on, … */
const FEWEST_ALIKE = 3;
/** … and so many are tried at once. */
const MOST_TRIED = 8;

/** A context for one role, with one sequence in it: several sequences would all pay for every shift. */
export interface RoleContext {
  readonly context: LlamaContext;
  readonly sequence: LlamaContextSequence;
  readonly decodes: DecodeCounter;
}

export interface ContextOptions {
  /** Whether what is said is likely to be in what was asked; it is then tried several tokens at a time, where that is faster. */
  readonly predictsFromInput?: boolean;
  /** What every decode waits for, if anything. */
  readonly giveWay?: () => Promise<void> | undefined;
}

/**
 * Opens a context that holds so many tokens, or fewer where the memory does not allow it.
 *
 * @throws EndlessError `out-of-memory` when not even a small one can be had.
 */
export async function openContext(weights: Weights, tokens: number, options: ContextOptions = {}): Promise<RoleContext> {
  const { model, backend, threads, file } = weights;
  const decodes = new DecodeCounter();
  try {
    const context = await model.createContext({
      contextSize: { min: SMALLEST_CONTEXT, max: cellsFor(tokens) },
      sequences: 1,
      threads,
      // On a CPU it is no gain: the prefill of a message gets slower the fuller the cache is (docs/evaluation.md).
      flashAttention: backend.name === 'cpu' ? false : 'auto',
      batching: { itemPrioritizationStrategy: decodes.strategy, ...(options.giveWay && { dispatchSchedule: after(options.giveWay) }) },
    });
    const sequence = context.getSequence({
      contextShift: { strategy: refuseLibraryShift },
      checkpoints: { max: 0, interval: false },
      ...(options.predictsFromInput && gainsByTrying(weights) && { tokenPredictor: await inputPredictor() }),
    });
    return { context, sequence, decodes };
  } catch (error) {
    throw await loadError(error, file);
  }
}

/** One cell more than the tokens: the library's own shift fires when the context is full. */
export function cellsFor(tokens: number): number {
  return Math.max(SMALLEST_CONTEXT, tokens + 1);
}

/** Dispatches a batch when nothing goes before it. */
function after(giveWay: () => Promise<void> | undefined): CustomBatchingDispatchSchedule {
  return (dispatch) => void (giveWay() ?? Promise.resolve()).then(dispatch);
}

/**
 * Whether trying several tokens at a time is worth it. A GPU decodes a few about as fast as one; a processor does not, and there
 * it costs more than it saves (docs/evaluation.md). What was decoded in vain must cost nothing to take back.
 */
function gainsByTrying({ backend, obstacle }: Weights): boolean {
  return backend.name !== 'cpu' && canCutBack(obstacle);
}

/**
 * Looks for what was said last in what was asked, and tries how that goes on: speculative decoding without a draft model
 * (prompt lookup decoding, https://github.com/apoorvumang/prompt-lookup-decoding).
 */
export async function inputPredictor(): Promise<TokenPredictor> {
  const { InputLookupTokenPredictor } = await nativeLibrary();
  return new InputLookupTokenPredictor({ patternLength: { min: FEWEST_ALIKE }, predictionLength: { max: MOST_TRIED } });
}

/** The library's own shift would silently evaluate the window again. Room is made before it could ever fire. */
function refuseLibraryShift(): never {
  throw new EndlessError('internal', { reason: 'context shift of the library' });
}
