import type { Socket } from 'node:net';
import * as v from 'valibot';
import {
  CancellationTokenSource,
  createMessageConnection,
  ErrorCodes,
  ResponseError,
  type CancellationToken,
  type MessageConnection,
} from 'vscode-jsonrpc/node';
import { ErrorReportSchema } from '../shared/error-report.ts';
import { EndlessError, type ErrorCode } from '../shared/errors.ts';
import {
  EVENTS,
  REQUESTS,
  type EngineApi,
  type EventName,
  type EventParams,
  type RequestName,
  type RequestParams,
  type RequestResult,
} from '../shared/protocol/protocol.ts';
import { BoundedReader, BoundedWriter, LONGEST_ANSWER, LONGEST_REQUEST } from './framing.ts';

/** The engine's side of one client. */
export interface ClientConnection {
  notify<N extends EventName>(name: N, params: EventParams<N>): void;
  readonly closed: Promise<void>;
  close(): void;
}

/** What an engine tells; that it is leaving the connection hears itself. */
export type HeardEvent = Exclude<EventName, 'leaving'>;

/** The client's side of the engine. */
export interface EngineConnection {
  /**
   * Rejects with an `EndlessError`: the engine's own, `message-too-long` when an engine would not read so much, or
   * `engine-crashed` when the connection ends; `engine-restarted` if the engine had said that it would.
   *
   * @param signal tells the engine that nobody waits for the answer any more; what it makes of that is its own affair.
   */
  request<N extends RequestName>(name: N, params: RequestParams<N>, signal?: AbortSignal): Promise<RequestResult<N>>;
  onEvent<N extends HeardEvent>(name: N, listener: (params: EventParams<N>) => void): void;
  readonly closed: Promise<void>;
  /** Why it ends, once it is closed. */
  readonly loss: EndlessError;
  close(): void;
}

/** Whether a request failed since the engine has ended: another one may answer it. */
export function hasGone(error: unknown): boolean {
  return error instanceof EndlessError && (error.code === 'engine-crashed' || error.code === 'engine-restarted');
}

/** Answers a client's requests with `api` over a socket whose handshake is done. */
export function serveClient(socket: Socket, api: EngineApi<ClientConnection>): ClientConnection {
  const { rpc, closed, close } = openRpc(socket, LONGEST_REQUEST, () => undefined);
  const client: ClientConnection = {
    notify: (name, params) => void tell(rpc, EVENTS[name].method, params),
    closed,
    close,
  };
  for (const name of Object.keys(REQUESTS) as RequestName[]) serveRequest(rpc, name, api, client);
  rpc.onRequest((method) => {
    throw toResponseError(new EndlessError('unknown-message', { message: method }));
  });
  rpc.listen();
  return client;
}

/** Whoever has gone need not be told; a connection that is closed throws at once. */
async function tell(rpc: MessageConnection, method: string, params: unknown): Promise<void> {
  try {
    await rpc.sendNotification(method, params);
  } catch {
    // The client hears of its end by itself.
  }
}

function serveRequest<N extends RequestName>(
  rpc: MessageConnection,
  name: N,
  api: EngineApi<ClientConnection>,
  client: ClientConnection,
): void {
  const { method, params: schema } = REQUESTS[name];
  const handler = api[name] as (params: unknown, client: ClientConnection, signal: AbortSignal) => Promise<unknown>;
  rpc.onRequest(method, async (params: unknown, token: CancellationToken) => {
    const parsed = v.safeParse(schema, params);
    if (!parsed.success) throw toResponseError(new EndlessError('invalid-message', { message: method }, issuesOf(parsed.issues)));
    try {
      return await handler(parsed.output, client, signalOf(token, client));
    } catch (error) {
      throw toResponseError(EndlessError.from(error));
    }
  });
}

/** Is told what nobody waits for and would else be lost: an event that cannot be read, say. */
export type Report = (problem: string) => void;

/** Speaks to an engine over a socket whose handshake is done. */
export function openEngineConnection(socket: Socket, report: Report = () => undefined): EngineConnection {
  const { rpc, closed, close } = openRpc(socket, LONGEST_ANSWER, report);
  let lossCode: ErrorCode = 'engine-crashed';
  // Before anything is heard: an engine that is leaving says so with its first word.
  rpc.onNotification(EVENTS.leaving.method, () => void (lossCode = 'engine-restarted'));
  rpc.listen();
  const lost = closed.then(() => Promise.reject(new EndlessError(lossCode)));
  lost.catch(() => undefined);
  return {
    async request<N extends RequestName>(name: N, params: RequestParams<N>, signal?: AbortSignal) {
      const method = REQUESTS[name].method;
      if (!isShortEnough(params)) throw new EndlessError('message-too-long');
      const schema = REQUESTS[name].result as v.GenericSchema<unknown, RequestResult<N>>;
      const source = new CancellationTokenSource();
      const cancel = (): void => source.cancel();
      // A signal that was aborted before says so no more.
      if (signal?.aborted) cancel();
      else signal?.addEventListener('abort', cancel);
      try {
        const answer: unknown = await Promise.race([rpc.sendRequest(method, params, source.token), lost]);
        return parseMessage(method, schema, answer);
      } catch (error) {
        throw fromResponseError(error, lossCode);
      } finally {
        signal?.removeEventListener('abort', cancel);
      }
    },
    onEvent<N extends HeardEvent>(name: N, listener: (params: EventParams<N>) => void) {
      const method = EVENTS[name].method;
      const schema = EVENTS[name].params as v.GenericSchema<unknown, EventParams<N>>;
      rpc.onNotification(method, (params: unknown) => {
        listener(parseMessage(method, schema, params));
      });
    },
    closed,
    get loss() {
      return new EndlessError(lossCode);
    },
    close,
  };
}

/** Leaves room for what stands around the parameters. */
function isShortEnough(params: unknown): boolean {
  return Buffer.byteLength(JSON.stringify(params)) < LONGEST_REQUEST - 1024;
}

/** Aborted when the client says so, and when it has gone. */
function signalOf(token: CancellationToken, { closed }: ClientConnection): AbortSignal {
  const controller = new AbortController();
  void closed.then(() => controller.abort());
  if (token.isCancellationRequested) controller.abort();
  token.onCancellationRequested(() => controller.abort());
  return controller.signal;
}

function openRpc(
  socket: Socket,
  longestMessage: number,
  report: Report,
): { rpc: MessageConnection; closed: Promise<void>; close: () => void } {
  const rpc = createMessageConnection(new BoundedReader(socket, longestMessage), new BoundedWriter(socket), {
    error: report,
    warn: report,
    info: () => undefined,
    log: () => undefined,
  });
  const closed = new Promise<void>((resolve) => {
    rpc.onClose(() => resolve());
    socket.once('close', () => resolve());
  });
  rpc.onError(() => socket.destroy());
  return { rpc, closed, close: () => socket.destroy() };
}

function parseMessage<T>(method: string, schema: v.GenericSchema<unknown, T>, message: unknown): T {
  const parsed = v.safeParse(schema, message);
  if (parsed.success) return parsed.output;
  throw new EndlessError('invalid-message', { message: method }, issuesOf(parsed.issues));
}

function issuesOf(issues: readonly v.BaseIssue<unknown>[]): string {
  return issues.map((issue) => `${v.getDotPath(issue) ?? 'message'}: ${issue.message}`).join('; ');
}

function toResponseError(error: EndlessError): ResponseError<unknown> {
  return new ResponseError(ErrorCodes.UnknownErrorCode, error.message, error.toReport());
}

function fromResponseError(error: unknown, fallback: ErrorCode): EndlessError {
  if (error instanceof EndlessError) return error;
  const report = v.safeParse(ErrorReportSchema, error instanceof ResponseError ? error.data : undefined);
  return report.success ? EndlessError.fromReport(report.output) : EndlessError.from(error, fallback);
}
