import { EndlessError, type ErrorCode } from '../../shared/errors.ts';
import type { HubAnswer } from './hub-client.ts';

/** What a server says when it cannot answer now but may soon. */
const BUSY = 429;
/** A server that names no time is asked again after so long, in seconds. */
const SHORT_WHILE = 30;

/** Node's codes for a certificate that says nothing, in words of OpenSSL. */
const CERTIFICATE = /CERT|SIGNATURE|ISSUER/;

/** Failures that may be over when it is tried again. */
const PASSING: ReadonlySet<ErrorCode> = new Set(['hub-unreachable', 'hub-busy', 'hub-failed', 'download-interrupted']);

/** Whether trying again may help. */
export function isPassing({ code, args }: EndlessError): boolean {
  return PASSING.has(code) && (code !== 'hub-failed' || Number(args['status']) >= 500);
}

/** Why there was no answer at all. */
export function connectionError(error: unknown, host: string): EndlessError {
  if (error instanceof EndlessError) return error;
  const code = systemCode(error);
  if (code === 'ERR_PROXY_TUNNEL') return new EndlessError('proxy-failed', { host }, error);
  return new EndlessError(CERTIFICATE.test(code) ? 'hub-not-trusted' : 'hub-unreachable', { host }, error);
}

/** Why an answer is not the file. @param hasToken whether the hub was shown one. */
export function statusError({ response, host, isEndpoint }: HubAnswer, hasToken: boolean): EndlessError {
  const { statusCode: status = 0, headers } = response;
  switch (status) {
    case 401:
    case 403:
      // Who was redirected to is never shown a token: its refusal means that the way there has expired, say.
      if (!isEndpoint) return new EndlessError('hub-failed', { host, status });
      return new EndlessError(hasToken ? 'hub-access-denied' : 'hub-token-needed', { host });
    case 404:
    case 410:
      return new EndlessError('hub-not-found', { host });
    case 407:
      return new EndlessError('proxy-failed', { host });
    case BUSY:
      return new EndlessError('hub-busy', { host, seconds: secondsUntil(headers['retry-after']) });
    default:
      return new EndlessError('hub-failed', { host, status });
  }
}

/** `Retry-After` is a number of seconds or a date (RFC 9110, 10.2.3). */
function secondsUntil(retryAfter: string | undefined): number {
  if (retryAfter === undefined) return SHORT_WHILE;
  const seconds = /^\d+$/.test(retryAfter) ? Number(retryAfter) : (Date.parse(retryAfter) - Date.now()) / 1000;
  return Number.isNaN(seconds) ? SHORT_WHILE : Math.max(1, Math.ceil(seconds));
}

function systemCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
