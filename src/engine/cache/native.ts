import type { LlamaContextSequence, Token } from 'node-llama-cpp';

/**
 * The only file that touches what node-llama-cpp keeps to itself. `test/engine/native.test.ts` pins what is relied on
 * here; look again when the version of the library changes.
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
 */
export function dropFirstTokens(sequence: LlamaContextSequence, count: number): void {
  const internals = sequence as unknown as SequenceInternals;
  const { _sequenceId: id, _context: context, _nextTokenIndex: end } = internals;
  if (!context._ctx.removeTokenCellsFromSequence(id, 0, count)) throw new Error('the native cache did not drop its first tokens');
  context._ctx.shiftSequenceTokenCells(id, count, end, -count);
  internals._contextTokens.splice(0, count);
  internals._nextTokenIndex = end - count;
}
