/** One thing that hands do: open a file at a line (from 1) and its end, write, press a key some times, or rest. */
export type Step =
  | { readonly open: string; readonly line: number }
  | { readonly write: string }
  | { readonly press: string; readonly times?: number }
  | { readonly restMs: number };

/** The files that are worked on, as they were in this repository when the session was recorded. */
export const FILES = ['src/engine/cache/kv-cache.ts', 'src/engine/cache/policy.ts', 'src/engine/cache/segments.ts'];

/**
 * An afternoon's change in small: pins are given a limit, and the cache a way to say how much is pinned. Brackets and quotes
 * are closed by the editor and typed over; indentation is the editor's; some words are taken from the list of suggestions.
 */
export const SESSION: readonly Step[] = [
  { open: 'segments.ts', line: 6 },
  { press: 'Enter', times: 2 },
  { write: '/** Tokens of all segments that are never evicted.' },
  { press: 'End' },
  { press: 'Enter' },
  { write: 'export function pinnedTokens(segments: readonly Segment[]): number {\n' },
  { write: "const pinned = segments.filter(({ kind }) => kind === 'pin');\n" },
  { write: 'return usedTokens(pinned);' },
  { restMs: 2500 },
  { open: 'kv-cache.ts', line: 101 },
  { press: 'Enter', times: 2 },
  { write: '/** Tokens that stay whatever is evicted, for who decides what to pin.' },
  { press: 'End' },
  { press: 'Enter' },
  { write: 'get pinnedTokens(): number {\n' },
  { write: 'return pinnedTokens(this.#segments);' },
  { restMs: 1800 },
  { open: 'kv-cache.ts', line: 7 },
  { press: 'Enter' },
  { write: "import { pinnedTokens } from './segments.ts';" },
  { restMs: 3000 },
  { open: 'policy.ts', line: 17 },
  { press: 'Enter' },
  { write: '\n/** Most of a cache that may be pinned, by its capacity.' },
  { press: 'End' },
  { press: 'Enter' },
  { write: 'export const MOST_PINNED = 1 / 2;' },
  { restMs: 2200 },
  { open: 'kv-cache.ts', line: 115 },
  { press: 'Enter', times: 2 },
  { write: '/** Whether so many tokens more may be pinned.' },
  { press: 'End' },
  { press: 'Enter' },
  { write: 'mayPin(tokens: number): boolean {\n' },
  { write: 'const most = Math.floor(this.#capcity' },
  { press: 'Backspace', times: 4 },
  { write: 'acity * MOST_PINNED);\n' },
  { write: 'if (tokens <= 0) {\n' },
  { write: "throw new RangeError('Nothing to pin.');" },
  { press: 'ArrowDown' },
  { press: 'End' },
  { write: '\nreturn this.pinnedTokens + tokens <= most;' },
  { restMs: 2800 },
  { open: 'policy.ts', line: 16 },
  { press: 'Enter' },
  { write: '/** Whether pins are kept, too.' },
  { press: 'End' },
  { press: 'Enter' },
  { write: 'readonly keepsPins?: boolean;' },
  { restMs: 1500 },
];
