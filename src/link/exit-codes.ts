import { EndlessError, type ErrorCode } from '../shared/errors.ts';

/** How an engine that cannot start tells its starter why, before there is a socket to tell it over. */
const EXIT_CODES = {
  'sqlite-missing': 78,
  'disk-full': 79,
  'storage-read-only': 80,
  'data-in-use': 81,
} as const satisfies Partial<Record<ErrorCode, number>>;

/** The exit code for what keeps an engine from starting; 1 for what has none of its own. */
export function exitCodeOf(error: unknown): number {
  const code = error instanceof EndlessError ? error.code : 'internal';
  return (EXIT_CODES as Partial<Record<ErrorCode, number>>)[code] ?? 1;
}

/** What an engine meant that ended with this exit code before it could be reached. */
export function errorOfExit(exitCode: number): EndlessError {
  const known = Object.entries(EXIT_CODES).find(([, number]) => number === exitCode);
  return known ? new EndlessError(known[0] as keyof typeof EXIT_CODES) : new EndlessError('engine-start-failed', { exitCode });
}
