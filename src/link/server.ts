import { chmod, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { EndlessError } from '../shared/errors.ts';
import { PROTOCOL_VERSION, type EngineApi } from '../shared/protocol/protocol.ts';
import { EngineLock } from './engine-lock.ts';
import { proveAsEngine } from './handshake.ts';
import { serveClient, type ClientConnection } from './rpc.ts';
import { createRunDirectory, newRecord, publishRecord, removeStaleSockets, withdrawRecord, type EngineRecord } from './run-directory.ts';
import { storageError } from './storage-error.ts';

/** How long whoever has started an engine may take to come, in milliseconds. */
const FIRST_CLIENT_MS = 10_000;

export interface ServerOptions {
  readonly directory: string;
  /** Time without any client after which `abandoned` settles, in milliseconds; asked for when the last one has gone. */
  readonly lingerMs: () => number;
  /** Where it keeps what must last, if anything: no other engine may write there, wherever that publishes itself. */
  readonly dataDirectory?: string;
}

/** Publishes an engine in the rendezvous folder and serves every client that can prove the secret. */
export class EngineServer {
  readonly #clients = new Set<ClientConnection>();
  readonly #api: EngineApi<ClientConnection>;
  readonly #options: ServerOptions;
  readonly #locks: readonly EngineLock[];
  readonly #record: EngineRecord;
  readonly #listener: Server;
  readonly #abandoned = Promise.withResolvers<void>();
  #closing = false;
  #lingering: NodeJS.Timeout | undefined;

  private constructor(api: EngineApi<ClientConnection>, options: ServerOptions, locks: readonly EngineLock[]) {
    this.#api = api;
    this.#options = options;
    this.#locks = locks;
    this.#record = newRecord(options.directory, PROTOCOL_VERSION);
    this.#listener = createServer((socket) => void this.#admit(socket));
  }

  /**
   * @returns the server, or `undefined` when another engine serves this folder already.
   * @throws EndlessError `data-in-use` when an engine that is published elsewhere has the data folder; `disk-full`,
   *   `storage-read-only` or `storage-failed` when a folder cannot be written.
   */
  static async start(api: EngineApi<ClientConnection>, options: ServerOptions): Promise<EngineServer | undefined> {
    const { directory, dataDirectory } = options;
    const locks: EngineLock[] = [];
    try {
      await createRunDirectory(directory);
      const lock = EngineLock.acquire(directory);
      if (!lock) return undefined;
      locks.push(lock);
      if (dataDirectory !== undefined) locks.push(lockData(dataDirectory));
      await removeStaleSockets(directory);
      const server = new EngineServer(api, options, locks);
      await server.#publish();
      server.#linger(Math.max(FIRST_CLIENT_MS, options.lingerMs()));
      return server;
    } catch (error) {
      for (const lock of locks) lock.release();
      throw storageError(error, directory);
    }
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

  /** Frees the folders for another engine. */
  release(): void {
    // The data first: whoever gets the rendezvous next must find them free.
    for (const lock of this.#locks.toReversed()) lock.release();
  }

  /** Whoever cannot be found listens to nobody: the process would stay. */
  async #publish(): Promise<void> {
    await this.#listen();
    try {
      await publishRecord(this.#options.directory, this.#record);
    } catch (error) {
      this.#listener.close();
      throw error;
    }
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

function lockData(dataDirectory: string): EngineLock {
  const lock = EngineLock.acquire(dataDirectory, 'data');
  if (!lock) throw new EndlessError('data-in-use', { folder: dataDirectory });
  return lock;
}
