import { setImmediate } from 'node:timers/promises';
import type { Llama, LlamaContext, LlamaContextOptions, LlamaContextSequence, LlamaModel, Token } from 'node-llama-cpp';

/**
 * The only file of the engine that touches what node-llama-cpp keeps to itself. `test/engine/native.test.ts` pins what
 * is relied on here; look again when the version of the library changes.
 */
interface SequenceInternals {
  readonly _sequenceId: number;
  _nextTokenIndex: number;
  readonly _contextTokens: Token[];
  readonly _context: {
    readonly _ctx: {
      removeTokenCellsFromSequence(sequenceId: number, start: number, end: number): boolean;
      shiftSequenceTokenCells(sequenceId: number, start: number, end: number, by: number): void;
    };
  };
}

interface LlamaInternals {
  readonly _bindings: { setLogger(log: (level: number, message: string) => void): void };
  readonly _onAddonLog: (level: number, message: string) => void;
}

/**
 * Lets the instance hear what llama.cpp says. Each one takes the place of the listener before it, and when that is cleared away
 * the library forgets that there is a new one.
 */
export async function listenAgain(llama: Llama): Promise<void> {
  const { _bindings: bindings, _onAddonLog: log } = llama as unknown as LlamaInternals;
  await setImmediate();
  bindings.setLogger(log);
}

/** What keeps a model from being unloaded. */
interface Hold {
  dispose(): void;
}

interface ContextInternals {
  readonly _ctx: { decodeBatch(): Promise<void> };
}

interface ModelInternals {
  readonly _backendModelDisposeGuard: { createPreventDisposalHandle(...options: readonly unknown[]): Hold };
}

/**
 * Makes a context. For one that cannot be made the library holds on to the model, and never lets go: neither could the model be
 * unloaded then, nor its memory be had back. So that is done here. Contexts of a model are to be made one after the other.
 */
export async function createContext(model: LlamaModel, options: LlamaContextOptions): Promise<LlamaContext> {
  const { _backendModelDisposeGuard: guard } = model as unknown as ModelInternals;
  const holds: Hold[] = [];
  const take = guard.createPreventDisposalHandle.bind(guard);
  guard.createPreventDisposalHandle = (...how): Hold => {
    const hold = take(...how);
    // With options it is taken for a context that decodes.
    if (how.length === 0) holds.push(hold);
    return hold;
  };
  try {
    return await model.createContext(options);
  } catch (error) {
    for (const hold of holds) hold.dispose();
    throw error;
  } finally {
    guard.createPreventDisposalHandle = take;
  }
}

/** What the addon says of a batch that the cache has no room for: that is a fault of ours, and none of the device. */
const NO_ROOM = /KV slot/;

/** Has `onFailure` called with the error when native code cannot decode, whoever asked for it. */
export function watchDecodes(context: LlamaContext, onFailure: (error: unknown) => void): void {
  const { _ctx: native } = context as unknown as ContextInternals;
  const decode = native.decodeBatch.bind(native);
  const watched = async (): Promise<void> => {
    try {
      await decode();
    } catch (error) {
      if (!NO_ROOM.test(String(error))) onFailure(error);
      throw error;
    }
  };
  // It stands on the addon's prototype, and cannot be assigned to.
  Object.defineProperty(native, 'decodeBatch', { value: watched, configurable: true });
}

/**
 * Drops the first `count` tokens and moves the rest to position 0. The library's own way to erase from position 0
 * evaluates everything that remains once more, which would turn window attention into re-computation.
 *
 * @param count fewer than there are: a shift of nothing aborts the process with M-RoPE.
 */
export function dropFirstTokens(sequence: LlamaContextSequence, count: number): void {
  const internals = internalsOf(sequence);
  const { _sequenceId: id, _context: context, _nextTokenIndex: end } = internals;
  if (!context._ctx.removeTokenCellsFromSequence(id, 0, count)) throw new Error('the native cache did not drop its first tokens');
  context._ctx.shiftSequenceTokenCells(id, count, end, -count);
  internals._contextTokens.splice(0, count);
  internals._nextTokenIndex = end - count;
}

/** Moves the tokens from position `from` on by `by` positions up, leaving a gap; the library itself only closes gaps. */
export function openGap(sequence: LlamaContextSequence, from: number, by: number): void {
  const internals = internalsOf(sequence);
  const { _sequenceId: id, _context: context, _contextTokens: tokens, _nextTokenIndex: end } = internals;
  const filler = tokens[from];
  if (filler === undefined) throw new Error('there is nothing behind the gap');
  context._ctx.shiftSequenceTokenCells(id, from, end, by);
  tokens.splice(from, 0, ...Array.from({ length: by }, () => filler));
  internals._nextTokenIndex = end + by;
}

/** Takes back what `openGap` did. */
export function closeGap(sequence: LlamaContextSequence, from: number, by: number): void {
  const internals = internalsOf(sequence);
  const { _sequenceId: id, _context: context, _contextTokens: tokens, _nextTokenIndex: end } = internals;
  context._ctx.shiftSequenceTokenCells(id, from + by, end, -by);
  tokens.splice(from, by);
  internals._nextTokenIndex = end - by;
}

function internalsOf(sequence: LlamaContextSequence): SequenceInternals {
  return sequence as unknown as SequenceInternals;
}
