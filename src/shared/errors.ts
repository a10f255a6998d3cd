/**
 * Every failure that can reach a user has one of these codes. The engine sends the code and its arguments; the
 * sentence is written where the user's language is known (`describeError`).
 */
export const ERROR_CODES = [
  'no-model',
  'model-not-found',
  'model-link-broken',
  'model-not-file',
  'model-not-readable',
  'model-part-missing',
  'model-empty',
  'model-not-gguf',
  'model-big-endian',
  'model-version',
  'model-truncated',
  'model-damaged',
  'model-no-vocabulary',
  'model-unsupported',
  'model-load-failed',
  'model-ends-engine',
  'no-chat-template',
  'out-of-memory',
  'window-too-small',
  'message-too-long',
  'turn-not-cached',
  'pins-too-large',
  'tool-not-called',
  'no-answer',
  'request-interrupted',
  'request-empty',
  'images-unsupported',
  'data-unsupported',
  'tools-unsupported',
  'call-unreadable',
  'engine-binary-missing',
  'engine-start-failed',
  'engine-crashed',
  'engine-restarted',
  'engine-newer',
  'engine-rejected',
  'sqlite-missing',
  'storage-failed',
  'disk-full',
  'storage-read-only',
  'data-in-use',
  'hub-address-invalid',
  'hub-unreachable',
  'hub-not-trusted',
  'hub-token-needed',
  'hub-access-denied',
  'hub-not-found',
  'hub-busy',
  'hub-failed',
  'hub-wrong-answer',
  'proxy-failed',
  'download-interrupted',
  'download-damaged',
  'disk-space',
  'transcript-damaged',
  'transcript-newer',
  'export-failed',
  'server-address-invalid',
  'server-readable',
  'server-unreachable',
  'server-refuses-key',
  'server-model-unknown',
  'server-busy',
  'server-refuses',
  'server-failed',
  'server-garbled',
  'server-broke-off',
  'server-context-full',
  'cuda-unsupported',
  'cuda-no-room',
  'npm-missing',
  'npm-failed',
  'unknown-message',
  'invalid-message',
  'internal',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** Values that fill the placeholders of an error's sentence. */
export type ErrorArguments = Readonly<Record<string, string | number>>;

/** An error as it travels over a socket or stands in the transcript. */
export interface ErrorReport {
  readonly code: ErrorCode;
  readonly args: ErrorArguments;
  /** For the log, never for the user: the technical message of the cause. */
  readonly detail?: string | undefined;
}

/** The one error class of the project; `code` is stable and may be switched on. */
export class EndlessError extends Error {
  override readonly name = 'EndlessError';
  readonly code: ErrorCode;
  readonly args: ErrorArguments;

  constructor(code: ErrorCode, args: ErrorArguments = {}, cause?: unknown) {
    super(`${code} ${JSON.stringify(args)}`, { cause });
    this.code = code;
    this.args = args;
  }

  /** The form that travels; the cause's message becomes `detail`. */
  toReport(): ErrorReport {
    return { code: this.code, args: this.args, detail: causeMessage(this.cause) };
  }

  static fromReport(report: ErrorReport): EndlessError {
    return new EndlessError(report.code, report.args, report.detail);
  }

  /** Wraps whatever was thrown; an `EndlessError` is returned as it is. */
  static from(thrown: unknown, code: ErrorCode = 'internal'): EndlessError {
    return thrown instanceof EndlessError ? thrown : new EndlessError(code, {}, thrown);
  }
}

function causeMessage(cause: unknown): string | undefined {
  if (cause === undefined) return undefined;
  return cause instanceof Error ? cause.message : typeof cause === 'string' ? cause : JSON.stringify(cause);
}
