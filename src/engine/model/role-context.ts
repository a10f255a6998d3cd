import type { CustomBatchingDispatchSchedule, LlamaContext, LlamaContextSequence, TokenPredictor } from 'node-llama-cpp';
import { canCutBack } from './shift-capability.ts';
import { EndlessError } from '../../shared/errors.ts';
import { DecodeCounter } from '../cache/decode-counter.ts';
import { createContext, watchDecodes } from '../cache/native.ts';
import { limitOf, type Standing } from './context-plan.ts';
import { loadError } from './load-error.ts';
import { cellsFor, type ContextWish } from './memory-plan.ts';
import { nativeLibrary } from './native-library.ts';
import type { Weights } from './weights.ts';

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

export interface ContextOptions extends Pick<Standing, 'makeWay'> {
  /** Whether what is said is likely to be in what was asked; it is then tried several tokens at a time, where that is faster. */
  readonly predictsFromInput?: boolean;
  /** What every decode waits for, if anything. */
  readonly giveWay?: () => Promise<void> | undefined;
}

/**
 * Opens a context that holds so many tokens, or fewer where the model was trained on less or the memory does not allow it: the
 * plan of the model's contexts says so then.
 *
 * @throws EndlessError `out-of-memory` when not even the least can be had.
 */
export function openContext(weights: Weights, wish: ContextWish, options: ContextOptions = {}): Promise<RoleContext> {
  return weights.contexts.openAlone(() => openNext(weights, wish, options));
}

async function openNext(weights: Weights, wish: ContextWish, options: ContextOptions): Promise<RoleContext> {
  const { contexts, file } = weights;
  const { trainedContext } = file;
  const sizes = await contexts.sizesFor({ ...wish, tokens: Math.min(wish.tokens, trainedContext || wish.tokens) });
  try {
    const role = await firstToOpen(sizes, (tokens) => create(weights, tokens, options));
    const tokens = Math.min(wish.tokens, role.context.contextSize - 1);
    const facts = { role: wish.role, tokens, wished: wish.tokens, limit: limitOf(tokens, wish.tokens, trainedContext) };
    role.context.onDispose.createListener(contexts.add({ facts, decodes: role.decodes, makeWay: options.makeWay }));
    return role;
  } catch (error) {
    throw await loadError(error, file);
  }
}

/** Whatever the estimates say, only allocating shows what there is room for. */
async function firstToOpen<T>([tokens = 0, ...smaller]: readonly number[], open: (tokens: number) => Promise<T>): Promise<T> {
  try {
    return await open(tokens);
  } catch (error) {
    if (smaller.length === 0) throw error;
    return firstToOpen(smaller, open);
  }
}

async function create(weights: Weights, tokens: number, options: ContextOptions): Promise<RoleContext> {
  const { model, threads, flashAttention, backend, onDeviceLost } = weights;
  const decodes = new DecodeCounter();
  const context = await createContext(model, {
    contextSize: cellsFor(tokens),
    failedCreationRemedy: false,
    sequences: 1,
    threads,
    flashAttention,
    batching: { itemPrioritizationStrategy: decodes.strategy, ...(options.giveWay && { dispatchSchedule: after(options.giveWay) }) },
  });
  if (backend.name !== 'cpu') watchDecodes(context, onDeviceLost);
  const sequence = context.getSequence({
    contextShift: { strategy: refuseLibraryShift },
    checkpoints: { max: 0, interval: false },
    ...(options.predictsFromInput && gainsByTrying(weights) && { tokenPredictor: await inputPredictor() }),
  });
  return { context, sequence, decodes };
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
