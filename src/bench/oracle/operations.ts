import fc from 'fast-check';

/** What happens to the cache of a conversation. */
export type Operation =
  /** A new turn of that many tokens. */
  | { readonly kind: 'append'; readonly tokens: number }
  /** The newest turn goes on with `entering` tokens, and with what the model says to them. */
  | { readonly kind: 'generate'; readonly entering: number; readonly tokens: number }
  /** The policy evicts until that many tokens fit. */
  | { readonly kind: 'makeRoom'; readonly tokens: number }
  /** The same, as far as it can without an error: what happens at the end of a turn. */
  | { readonly kind: 'makeRoomAhead'; readonly tokens: number }
  /** As many of the last tokens as that leave the newest turn, but not its header. */
  | { readonly kind: 'cut'; readonly tokens: number }
  /** So many of the newest turns are taken back, newest first. */
  | { readonly kind: 'cutTail'; readonly turns: number }
  /** A turn is pinned, or no longer if it was; nothing that large. */
  | { readonly kind: 'pin'; readonly turn: number }
  /** So many tokens are drafted behind everything; the next turn begins with what is drafted. */
  | { readonly kind: 'attach'; readonly tokens: number }
  /** As many of them as that are cut off again. */
  | { readonly kind: 'detach'; readonly tokens: number }
  /** Tokens within the answer of the newest turn go: so many, and so far behind its beginning. */
  | { readonly kind: 'omit'; readonly from: number; readonly tokens: number }
  /** The turn at that place among those that are left, oldest first and counted round, leaves the cache. */
  | { readonly kind: 'forget'; readonly turn: number }
  /** The cache is written into a file. */
  | { readonly kind: 'save' }
  /** It is lost, and comes back from the last file and what was done since. */
  | { readonly kind: 'restore' };

/** Tokens that a cache has to hold at least for every operation to be possible. */
export const SMALLEST_CAPACITY = 96;

/** Most tokens that are pinned in one, and most that are drafted. */
export const MOST_PINNED = 14;
export const MOST_DRAFTED = 12;

const count = (most: number): fc.Arbitrary<number> => fc.integer({ min: 1, max: most });

const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('append'), tokens: count(60) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('generate'), entering: count(8), tokens: count(24) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('makeRoom'), tokens: count(60) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('makeRoomAhead'), tokens: count(2 * SMALLEST_CAPACITY) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cut'), tokens: count(20) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cutTail'), turns: count(3) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('pin'), turn: fc.nat(7) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('attach'), tokens: count(MOST_DRAFTED) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('detach'), tokens: count(MOST_DRAFTED) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('omit'), from: fc.nat(20), tokens: count(20) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('forget'), turn: fc.nat(7) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('save') }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restore') }) },
);

/** Sequences of operations for tests that look for the shortest one which fails. */
export function operationSequences(length: number): fc.Arbitrary<readonly Operation[]> {
  return fc.noBias(fc.array(operation, { minLength: 1, maxLength: length, size: 'max' }));
}

/** A random sequence of `length` operations, always the same for the same seed. */
export function randomOperations(length: number, seed: number): readonly Operation[] {
  return fc.sample(fc.noBias(operation), { numRuns: length, seed });
}
