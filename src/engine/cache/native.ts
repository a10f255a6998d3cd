import type { LlamaContextSequence, Token } from 'node-llama-cpp';

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
