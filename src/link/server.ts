import { chmod, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { PROTOCOL_VERSION, type EngineApi } from '../shared/protocol.ts';
import { EngineLock } from './engine-lock.ts';
import { proveAsEngine } from './handshake.ts';
import { serveClient, type ClientConnection } from './rpc.ts';
import { createRunDirectory, newRecord, publishRecord, removeStaleSockets, withdrawRecord, type EngineRecord } from './run-directory.ts';

/** How long whoever has started an engine may take to come, in milliseconds. */
const FIRST_CLIENT_MS = 10_000;

export interface ServerOptions {
  readonly directory: string;
  /** Time without any client after which `abandoned` settles, in milliseconds; asked for when the last one has gone. */
  readonly lingerMs: () => number;
}

/** Publishes an engine in the rendezvous folder and serves every client that can prove the secret. */
export class EngineServer {
  readonly #clients = new Set<ClientConnection>();
  readonly #api: EngineApi<ClientConnection>;
  readonly #options: ServerOptions;
  readonly #lock: EngineLock;
  readonly #record: EngineRecord;
  readonly #listener: Server;
  readonly #abandoned = Promise.withResolvers<void>();
  #closing = false;
  #lingering: NodeJS.Timeout | undefined;

  private constructor(api: EngineApi<ClientConnection>, options: ServerOptions, lock: EngineLock) {
    this.#api = api;
    this.#options = options;
    this.#lock = lock;
    this.#record = newRecord(options.directory, PROTOCOL_VERSION);
    this.#listener = createServer((socket) => void this.#admit(socket));
  }

  /** @returns the server, or `undefined` when another engine serves this folder already. */
  static async start(api: EngineApi<ClientConnection>, options: ServerOptions): Promise<EngineServer | undefined> {
    await createRunDirectory(options.directory);
    const lock = EngineLock.acquire(options.directory);
    if (!lock) return undefined;
    await removeStaleSockets(options.directory);
    const server = new EngineServer(api, options, lock);
    await server.#listen();
    await publishRecord(options.directory, server.#record);
    server.#linger(Math.max(FIRST_CLIENT_MS, options.lingerMs()));
    return server;
  }

  /** Settles when no client has been there for the linger time. */
  get abandoned(): Promise<void> {
    return this.#abandoned.promise;
  }

  /** Withdraws the record and lets every client go. Until `release`, no other engine can start in this folder. */
  async close(): Promise<void> {
    this.#closing = true;
    clearTimeout(this.#lingering);
    await withdrawRecord(this.#options.directory, this.#record);
    this.#listener.close();
    for (const client of this.#clients) client.close();
    if (process.platform !== 'win32') await rm(this.#record.socket, { force: true });
  }

  /** Frees the folder for another engine. */
  release(): void {
    this.#lock.release();
  }

  async #listen(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#listener.once('error', reject);
    this.#listener.listen(this.#record.socket, resolve);
    await promise;
    if (process.platform !== 'win32') await chmod(this.#record.socket, 0o600);
  }

  async #admit(socket: Socket): Promise<void> {
    socket.on('error', () => socket.destroy());
    try {
      await proveAsEngine(socket, this.#record.secret);
    } catch {
      return;
    }
    // Who comes now would be cut off in the middle; without a word from here it looks for another engine.
    if (this.#closing) return void socket.destroy();
    const client = serveClient(socket, this.#api);
    this.#clients.add(client);
    clearTimeout(this.#lingering);
    await client.closed;
    this.#clients.delete(client);
    this.#linger(this.#options.lingerMs());
  }

  #linger(ms: number): void {
    if (this.#closing || this.#clients.size > 0) return;
    clearTimeout(this.#lingering);
    this.#lingering = setTimeout(() => {
      this.#closing = true;
      this.#abandoned.resolve();
    }, ms);
  }
}
