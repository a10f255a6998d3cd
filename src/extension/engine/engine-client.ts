import { EventEmitter } from 'node:events';
import { hasGone, type EngineConnection } from '../../link/rpc.ts';
import { EndlessError, type ErrorReport } from '../../shared/errors.ts';
import type { RequestName, RequestParams, RequestResult } from '../../shared/protocol/protocol.ts';
import { RestartPolicy } from './restart-policy.ts';

export type EngineState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'connecting' }
  | { readonly kind: 'ready' }
  /** The engine has crashed and is being started again. */
  | { readonly kind: 'restarting' }
  | { readonly kind: 'failed'; readonly error: ErrorReport };

/** Prepares a new connection; nobody else gets it before. */
export type Greeting = (connection: EngineConnection) => Promise<void>;

/**
 * The window's one connection to the engine: made when it is first asked for, and again, a bounded number of times,
 * when the engine crashes.
 */
export class EngineClient extends EventEmitter<{ state: [EngineState] }> {
  readonly #connect: () => Promise<EngineConnection>;
  readonly #greetings: Greeting[] = [];
  readonly #policy = new RestartPolicy();
  #state: EngineState = { kind: 'idle' };
  #connection: Promise<EngineConnection> | undefined;
  #disposed = false;

  /** @param connect finds or starts an engine. */
  constructor(connect: () => Promise<EngineConnection>) {
    super();
    this.#connect = connect;
  }

  get state(): EngineState {
    return this.#state;
  }

  /** The greeting runs on every connection from now on. */
  onConnection(greeting: Greeting): void {
    this.#greetings.push(greeting);
  }

  /** @throws EndlessError what keeps the engine from running, until `retry` is called. */
  connected(): Promise<EngineConnection> {
    if (this.#state.kind === 'failed') return Promise.reject(EndlessError.fromReport(this.#state.error));
    this.#connection ??= this.#establish('connecting');
    return this.#connection;
  }

  /** Tries again after a failure. */
  retry(): Promise<EngineConnection> {
    if (this.#state.kind === 'failed') {
      this.#policy.reset();
      this.#connection = this.#establish('connecting');
    }
    return this.connected();
  }

  /** @param signal tells the engine that nobody waits for the answer any more. */
  async request<N extends RequestName>(name: N, params: RequestParams<N>, signal?: AbortSignal): Promise<RequestResult<N>> {
    const connection = await this.connected();
    return connection.request(name, params, signal);
  }

  /**
   * Makes the request again on a new connection when the engine ends before it has answered: for requests that do
   * no harm when they are made twice.
   */
  async requestUntilAnswered<N extends RequestName>(name: N, params: RequestParams<N>): Promise<RequestResult<N>> {
    for (;;) {
      const connection = await this.connected();
      try {
        return await connection.request(name, params);
      } catch (error) {
        if (!hasGone(error) || this.#disposed) throw error;
        connection.close();
        await connection.closed;
      }
    }
  }

  dispose(): void {
    this.#disposed = true;
    this.removeAllListeners();
    void this.#connection?.then((connection) => connection.close()).catch(() => undefined);
  }

  async #establish(reason: 'connecting' | 'restarting'): Promise<EngineConnection> {
    this.#setState({ kind: reason });
    let connection: EngineConnection | undefined;
    try {
      connection = await this.#connect();
      for (const greeting of this.#greetings) await greeting(connection);
    } catch (thrown) {
      connection?.close();
      return this.#retryOrFail(EndlessError.from(thrown));
    }
    const made = connection;
    void made.closed.then(() => this.#lost(made.loss));
    this.#setState({ kind: 'ready' });
    return made;
  }

  #lost(loss: EndlessError): void {
    if (this.#disposed) return;
    this.#connection = this.#retryOrFail(loss);
    this.#connection.catch(() => undefined); // told by the state
  }

  async #retryOrFail(error: EndlessError): Promise<EngineConnection> {
    if (!this.#disposed && error.code === 'engine-restarted') return this.#establish('connecting');
    if (!this.#disposed && error.code === 'engine-crashed' && this.#policy.allows(performance.now())) return this.#establish('restarting');
    this.#setState({ kind: 'failed', error: error.toReport() });
    throw error;
  }

  #setState(state: EngineState): void {
    this.#state = state;
    this.emit('state', state);
  }
}
