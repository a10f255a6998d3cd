import { CONTEXT_ROLES, type ContextRole } from '../../shared/protocol/model-facts.ts';

/** What is allocated or free, in bytes. */
export interface Bytes {
  readonly cpuRam: number;
  readonly gpuVram: number;
}

/** A context that is to be opened. */
export interface ContextWish {
  readonly role: ContextRole;
  /** Tokens that it is to hold. */
  readonly tokens: number;
  /** Tokens below which it is of no use; the smallest context if not given. */
  readonly least?: number;
}

/** A context no smaller than this can hold a system prompt and a turn. */
export const SMALLEST_CONTEXT = 256;

/** Steps in which a context gets smaller. */
const STEPS = 8;

/** One cell more than the tokens: the library's own shift fires when the context is full. */
export function cellsFor(tokens: number): number {
  return Math.max(SMALLEST_CONTEXT, tokens + 1);
}

/** The sizes that a context may have, in tokens, from what is wished down to the least. */
export function sizesOf({ tokens, least = SMALLEST_CONTEXT }: ContextWish): readonly number[] {
  const end = Math.min(least, tokens);
  const sizes = Array.from({ length: STEPS }, (_, step) => Math.floor(tokens * (1 - step / STEPS))).filter((size) => size > end);
  return [...sizes, end];
}

/** The roles whose contexts make way for one of this role when there is no room for all, the first one first. */
export function rolesBefore(role: ContextRole): readonly ContextRole[] {
  return CONTEXT_ROLES.slice(0, CONTEXT_ROLES.indexOf(role));
}

/**
 * Finds the largest size that fits, by bisection: what fits, fits in every smaller size, too.
 *
 * @param sizes the largest first.
 * @returns its place among them; the number of sizes when none fits.
 */
export async function firstFitting(sizes: readonly number[], fits: (tokens: number) => Promise<boolean>): Promise<number> {
  const [largest] = sizes;
  if (largest === undefined || (await fits(largest))) return 0;
  let [tooLarge, fitting] = [0, sizes.length];
  while (fitting - tooLarge > 1) {
    const middle = (tooLarge + fitting) >> 1;
    if (await fits(sizes[middle] ?? 0)) fitting = middle;
    else tooLarge = middle;
  }
  return fitting;
}

/** Whether something fits into what is free. */
export function fitsInto(free: Bytes, needed: Bytes): boolean {
  return needed.cpuRam <= free.cpuRam && needed.gpuVram <= free.gpuVram;
}
