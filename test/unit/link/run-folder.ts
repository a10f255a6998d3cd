import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { connectToEngine } from '../../../src/link/connect.ts';
import type { ClientConnection, EngineConnection, HeardEvent } from '../../../src/link/rpc.ts';
import { EngineServer } from '../../../src/link/server.ts';
import type { EngineApi, EventParams } from '../../../src/shared/protocol/protocol.ts';
import { scriptedEngine } from '../../scripted-engine/scripted-engine.ts';

/** A rendezvous folder that goes with the test. */
export async function runFolder(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'endless-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** An engine in this process that goes with the test. */
export async function serve(
  directory: string,
  change: Partial<EngineApi<ClientConnection>> = {},
  { lingerMs = 60_000 } = {},
): Promise<EngineServer> {
  const api = scriptedEngine({ directory, crash: () => undefined });
  const server = await EngineServer.start({ ...api, ...change }, { directory, lingerMs: () => lingerMs });
  if (!server) throw new Error('another engine serves this folder');
  onTestFinished(() => leave(server));
  return server;
}

const gone = new WeakSet<EngineServer>();

/** Ends an engine of this process as it would end by itself. */
export async function leave(server: EngineServer): Promise<void> {
  if (gone.has(server)) return;
  gone.add(server);
  await server.close();
  server.release();
}

/** A client of the engine that is there; starting one is a failure. */
export async function connect(directory: string, client = 'test'): Promise<EngineConnection> {
  const connection = await connectToEngine({
    directory,
    client,
    start: () => {
      throw new Error('no engine answered');
    },
  });
  onTestFinished(() => connection.close());
  return connection;
}

/** Settles with the first event of that name that passes. */
export function eventOf<N extends HeardEvent>(
  connection: EngineConnection,
  name: N,
  passes: (params: EventParams<N>) => boolean = () => true,
): Promise<EventParams<N>> {
  return new Promise((resolve) => {
    connection.onEvent(name, (params) => {
      if (passes(params)) resolve(params);
    });
  });
}
