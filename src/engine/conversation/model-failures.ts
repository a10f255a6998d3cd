import type { ErrorCode } from '../../shared/errors.ts';

/** Why a model cannot be had, besides what is wrong with its file: all of it is found out before anything is done to a cache. */
const OTHER_FAILURES: ReadonlySet<ErrorCode> = new Set([
  'no-chat-template',
  'out-of-memory',
  'engine-binary-missing',
  'server-address-invalid',
  'server-readable',
  'server-unreachable',
  'server-refuses-key',
  'server-model-unknown',
]);

/** Whether a model could not be had. The caches are as they were then; after most other failures they may hold half of something. */
export function isModelFailure(code: ErrorCode): boolean {
  return code.startsWith('model-') || OTHER_FAILURES.has(code);
}
