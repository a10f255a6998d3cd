import * as v from 'valibot';
import { EndlessError, type ErrorCode } from '../../../shared/errors.ts';

/** Characters of what a server says that go into the log. */
const LONGEST_DETAIL = 300;

/** An answer that is none. */
export interface Refusal {
  readonly host: string;
  readonly status: number;
  readonly retryAfter: string | undefined;
  /** What came with it. */
  readonly text: string;
}

/** What servers say that speak OpenAI's protocol; vLLM leaves out what is around it. */
const ErrorSchema = v.union([
  v.pipe(
    v.object({
      error: v.object({
        message: v.optional(v.string(), ''),
        type: v.nullish(v.string()),
        n_ctx: v.optional(v.number()),
        n_prompt_tokens: v.optional(v.number()),
      }),
    }),
    v.transform(({ error }) => error),
  ),
  v.object({ message: v.string(), type: v.nullish(v.string()), n_ctx: v.optional(v.number()), n_prompt_tokens: v.optional(v.number()) }),
  v.pipe(
    v.object({ error: v.string() }),
    v.transform(({ error }) => ({ message: error, type: undefined, n_ctx: undefined, n_prompt_tokens: undefined })),
  ),
]);
type ServerError = v.InferOutput<typeof ErrorSchema>;

/** How servers say that a prompt does not fit: llama.cpp, vLLM and OpenAI, TensorRT-LLM. */
const TOO_LONG = /exceed_context_size|context_length_exceeded|maximum context length|context size|max_seq_len|exceeds? (?:the )?max/i;

/** The error for an answer with a status that tells of a failure. */
export function failureOf({ host, status, retryAfter, text }: Refusal): EndlessError {
  const said = v.safeParse(v.pipe(v.string(), v.parseJson(), ErrorSchema), text);
  const detail = `${status} ${said.success ? said.output.message : text}`.slice(0, LONGEST_DETAIL);
  switch (status) {
    case 401:
    case 403:
      return new EndlessError('server-refuses-key', { host }, detail);
    case 404:
      return new EndlessError('server-model-unknown', { host }, detail);
    case 429:
      return new EndlessError('server-busy', { host, ...secondsOf(retryAfter) }, detail);
    case 400:
    case 413:
    case 422:
      return said.success ? refusal(host, said.output, detail) : new EndlessError('server-refuses', { host, status }, detail);
    default:
      if (status >= 500) return new EndlessError('server-failed', { host, status }, detail);
      return status < 400 ? garbled(host, detail) : new EndlessError('server-refuses', { host, status }, detail);
  }
}

/** The error for an event that tells of a failure in the middle of an answer; undefined for any other event. */
export function failureIn(host: string, event: unknown): EndlessError | undefined {
  const said = v.safeParse(ErrorSchema, event);
  return said.success ? refusal(host, said.output, said.output.message.slice(0, LONGEST_DETAIL), 'server-failed') : undefined;
}

/** What was said is no answer in the protocol. */
export function garbled(host: string, text: string): EndlessError {
  return new EndlessError('server-garbled', { host }, text.slice(0, LONGEST_DETAIL));
}

/** The connection has ended in the middle of an answer. */
export function brokenStream(host: string, cause?: unknown): EndlessError {
  return new EndlessError('server-broke-off', { host }, cause);
}

/** After these another server may stand there, or the same with another model or a smaller context. */
const CHANGED: ReadonlySet<string> = new Set<ErrorCode>(['server-unreachable', 'server-model-unknown', 'server-broke-off']);

/** Whether what is known of a server may not hold any more. */
export function mayHaveChanged(error: unknown): boolean {
  return error instanceof EndlessError && CHANGED.has(error.code);
}

/** Whether a server said that a prompt does not fit into its context. */
export function isTooLong(error: unknown): error is EndlessError {
  return error instanceof EndlessError && error.code === 'server-context-full';
}

function refusal(
  host: string,
  said: ServerError,
  detail: string,
  otherwise: 'server-refuses' | 'server-failed' = 'server-refuses',
): EndlessError {
  const { message, type, n_ctx: window, n_prompt_tokens: tokens } = said;
  if (!TOO_LONG.test(`${type ?? ''} ${message}`)) return new EndlessError(otherwise, { host, status: 400 }, detail);
  const told = window ?? windowIn(message);
  return new EndlessError(
    'server-context-full',
    { host, ...(told !== undefined && { window: told }), ...(tokens !== undefined && { tokens }) },
    detail,
  );
}

/** The context that vLLM and others name in a sentence. */
function windowIn(message: string): number | undefined {
  const named = /(?:maximum context length (?:is|of)|max_seq_len\D{1,20}|context size \()\s*(\d+)/i.exec(message)?.[1];
  return named === undefined ? undefined : Number(named);
}

/** How long to wait, in seconds, where the server says so; a date is not asked for by any that is known. */
function secondsOf(retryAfter: string | undefined): { readonly seconds?: number } {
  const seconds = Number(retryAfter);
  return retryAfter !== undefined && Number.isFinite(seconds) && seconds > 0 ? { seconds: Math.ceil(seconds) } : {};
}
