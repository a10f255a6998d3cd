import { createConnection, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { EndlessError } from '../shared/errors.ts';
import { PROTOCOL_VERSION } from '../shared/protocol/protocol.ts';
import { proveAsClient } from './handshake.ts';
import { hasGone, openEngineConnection, type EngineConnection, type Report } from './rpc.ts';
import { errorOfExit } from './exit-codes.ts';
import { readRecord, type EngineRecord } from './run-directory.ts';
import { storageError } from './storage-error.ts';

export interface ConnectOptions {
  readonly directory: string;
  /** Name of this client, for the engine's log. */
  readonly client: string;
  /** Starts an engine process; called when none answers. */
  readonly start: () => StartedEngine;
  /** How long a started engine may take to publish itself, in milliseconds. */
  readonly timeLimitMs?: number;
  readonly report?: Report;
}

export interface StartedEngine {
  /**
   * Settles with the exit code when the process ends; one that lost the race to another engine ends with 0. Rejects
   * when no process could be made.
   */
  readonly exited: Promise<number>;
}

const POLL_MS = 25;
const RESTART_MS = 250;

/**
 * Connects to the running engine, or starts one. Any number of clients may do this at once: engines that lose the
 * race end by themselves, and everybody meets at the one that has published itself.
 *
 * @throws EndlessError `engine-start-failed`, `engine-newer` (the engine is newer than this client), what the engine
 *   answered, or what it said when it could not start (`exit-codes.ts`).
 */
export async function connectToEngine(options: ConnectOptions): Promise<EngineConnection> {
  const running = await tryConnect(options);
  return running ?? (await startAndConnect(options));
}

async function startAndConnect(options: ConnectOptions): Promise<EngineConnection> {
  const deadline = performance.now() + (options.timeLimitMs ?? 30_000);
  while (performance.now() < deadline) {
    let exitCode: number | undefined;
    let failure: unknown;
    started(options).then(
      (code) => (exitCode = code),
      (error: unknown) => (failure = error),
    );
    while (exitCode === undefined && failure === undefined && performance.now() < deadline) {
      const connection = await tryConnect(options);
      if (connection) return connection;
      await delay(POLL_MS);
    }
    if (failure !== undefined) throw notStarted(failure, options.directory);
    if (exitCode !== 0) throw errorOfExit(exitCode ?? -1);
    // Another engine serves, or is about to end: meet it, or try again when it has gone.
    const connection = await tryConnect(options);
    if (connection) return connection;
    await delay(RESTART_MS);
  }
  throw new EndlessError('engine-start-failed', { exitCode: 0 });
}

/** Rejects with what keeps a process from being made: a folder that cannot be written, a full disk, too many processes. */
async function started({ start }: ConnectOptions): Promise<number> {
  return start().exited;
}

/** A disk says best itself why nothing can be started on it. */
function notStarted(failure: unknown, directory: string): EndlessError {
  const error = storageError(failure, directory);
  return error.code === 'storage-failed' ? new EndlessError('engine-start-failed', { exitCode: -1 }, failure) : error;
}

async function tryConnect(options: ConnectOptions): Promise<EngineConnection | undefined> {
  const record = await readRecord(options.directory);
  const socket = record && (await openSocket(record));
  if (!socket) return undefined;
  try {
    await proveAsClient(socket, record.secret);
  } catch {
    return undefined;
  }
  return greet(openEngineConnection(socket, options.report), options.client);
}

/** `undefined` when the engine was older than we are: it ends, and a new one takes its place. */
async function greet(connection: EngineConnection, client: string): Promise<EngineConnection | undefined> {
  try {
    const { protocolVersion } = await connection.request('hello', { protocolVersion: PROTOCOL_VERSION, client });
    if (protocolVersion === PROTOCOL_VERSION) return connection;
    connection.close();
    if (protocolVersion > PROTOCOL_VERSION) throw new EndlessError('engine-newer');
    return undefined;
  } catch (error) {
    connection.close();
    if (hasGone(error)) return undefined;
    throw error;
  }
}

function openSocket(record: EngineRecord): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = createConnection(record.socket);
    socket.once('connect', () => resolve(socket));
    socket.once('error', () => resolve(undefined));
  });
}
