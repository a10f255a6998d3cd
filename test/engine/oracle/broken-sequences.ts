import type { LlamaContextSequence } from 'node-llama-cpp';

/** The cells of a native sequence, and the library's own counting of them. */
interface Cells {
  readonly removeRange: (start: number, end: number) => void;
  readonly shiftRange: (start: number, end: number, by: number) => void;
}

interface Internals {
  readonly _sequenceId: number;
  readonly _context: {
    readonly _ctx: {
      removeTokenCellsFromSequence(id: number, start: number, end: number): boolean;
      shiftSequenceTokenCells(id: number, start: number, end: number, by: number): void;
    };
  };
}

interface Range {
  readonly start: number;
  readonly end: number;
}

function cellsOf(sequence: LlamaContextSequence): Cells {
  const { _sequenceId: id, _context: context } = sequence as unknown as Internals;
  return {
    removeRange: (start, end) => void context._ctx.removeTokenCellsFromSequence(id, start, end),
    shiftRange: (start, end, by) => context._ctx.shiftSequenceTokenCells(id, start, end, by),
  };
}

/** A sequence in which some members are others than the library's. */
function withMembers(sequence: LlamaContextSequence, members: Partial<LlamaContextSequence>): LlamaContextSequence {
  const overridden = new Proxy(sequence, {
    get: (target, name) => {
      const holder = name in members ? members : target;
      const value: unknown = Reflect.get(holder, name, holder);
      return typeof value === 'function' ? (value.bind(holder) as unknown) : value;
    },
  });
  return overridden;
}

/** Runs after every erasure that leaves a gap, that is, not at the end. */
function afterErasing(damage: (cells: Cells, gap: Range, end: number) => void): (sequence: LlamaContextSequence) => LlamaContextSequence {
  return (sequence) => {
    const cells = cellsOf(sequence);
    return withMembers(sequence, {
      async eraseContextTokenRanges(ranges) {
        const before = sequence.nextTokenIndex;
        await sequence.eraseContextTokenRanges(ranges);
        const first = ranges[0];
        if (first && ranges.at(-1)!.end < before) damage(cells, first, sequence.nextTokenIndex);
      },
    });
  };
}

/** The first key behind the gap is turned back to where it was in the text; all others are where they belong. */
export const oneKeyNotRotated = afterErasing((cells, gap) => cells.shiftRange(gap.start, gap.start + 1, gap.end - gap.start));

/** The keys behind the gap are one position too far to the left, but for the last one: llama.cpp would notice that itself. */
export const shiftedOneTooFar = afterErasing((cells, gap, end) => cells.shiftRange(gap.start, end - 1, -1));

/** Does something else in place of moving what is left when the first tokens are dropped. */
function dropping(
  move: (cells: Cells, start: number, end: number, by: number) => void,
): (sequence: LlamaContextSequence) => LlamaContextSequence {
  return (sequence) => {
    const cells = cellsOf(sequence);
    const { _context: context } = sequence as unknown as Internals;
    const native: Internals['_context']['_ctx'] = {
      removeTokenCellsFromSequence: (...range) => context._ctx.removeTokenCellsFromSequence(...range),
      shiftSequenceTokenCells: (_id, start, end, by) => move(cells, start, end, by),
    };
    return withMembers(sequence, { _context: { _ctx: native } } as unknown as Partial<LlamaContextSequence>);
  };
}

/** The first key that is left stays where it was in the text. */
export const firstKeyLeftBehind = dropping((cells, start, end, by) => cells.shiftRange(start + 1, end, by));

/** All keys but the last one, of which llama.cpp would notice it, stop one position short. */
export const droppedOneShort = dropping((cells, start, end, by) => {
  cells.shiftRange(start, end - 1, by + 1);
  cells.shiftRange(end - 1, end, by);
});

/**
 * The cells of what was evicted are gone, and what is left stays at its position in the text. To the cache it looks as
 * if it had moved up, as the library would tell it.
 */
export function keepingTextPositions(sequence: LlamaContextSequence): LlamaContextSequence {
  const cells = cellsOf(sequence);
  /** Positions in the text of what is left. */
  let left: number[] = [];
  const grow = (): void => {
    const known = (left.at(-1) ?? -1) + 1;
    left.push(...Array.from({ length: sequence.nextTokenIndex - known }, (_, at) => known + at));
  };
  return withMembers(sequence, {
    get nextTokenIndex() {
      grow();
      return left.length;
    },
    get contextTokens() {
      grow();
      const text = sequence.contextTokens;
      return left.map((at) => text[at]!);
    },
    async eraseContextTokenRanges(ranges) {
      grow();
      const erased = left.filter((_, at) => ranges.some(({ start, end }) => at >= start && at < end));
      left = left.filter((at) => !erased.includes(at));
      const atEnd = erased.filter((at) => at > (left.at(-1) ?? -1));
      for (const at of erased) if (!atEnd.includes(at)) cells.removeRange(at, at + 1);
      const [firstAtEnd] = atEnd;
      if (firstAtEnd !== undefined)
        await sequence.eraseContextTokenRanges([{ start: (left.at(-1) ?? -1) + 1, end: sequence.nextTokenIndex }]);
    },
  });
}
