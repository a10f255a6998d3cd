import { setImmediate } from 'node:timers/promises';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { connectToEngine } from '../../../src/link/connect.ts';
import { exitCodeOf } from '../../../src/link/exit-codes.ts';
import { newRecord, publishRecord } from '../../../src/link/run-directory.ts';
import type { ClientConnection } from '../../../src/link/rpc.ts';
import { EndlessError } from '../../../src/shared/errors.ts';
import { PROTOCOL_VERSION, type EngineApi } from '../../../src/shared/protocol/protocol.ts';
import { startScriptedEngine } from '../../scripted-engine/start.ts';
import { connect, leave, runFolder, serve } from './run-folder.ts';

const hello = (protocolVersion: number) => async () => ({ protocolVersion, pid: 1 });

describe('connecting', () => {
  test('starts an engine when none is there', async () => {
    const directory = await runFolder();
    const connection = await connectToEngine({
      directory,
      client: 'test',
      start: () => {
        const engine = startScriptedEngine(directory);
        onTestFinished(() => engine.kill('SIGKILL'));
        return engine;
      },
    });
    connection.close();
  });

  test('starts an engine when the record is of one that is gone', async () => {
    const directory = await runFolder();
    await publishRecord(directory, newRecord(directory, PROTOCOL_VERSION));
    let started = 0;
    const connection = await connectToEngine({
      directory,
      client: 'test',
      start: () => {
        started += 1;
        void serve(directory);
        return { exited: new Promise(() => undefined) };
      },
    });
    expect(started).toBe(1);
    connection.close();
  });

  test('fails with the exit code of an engine that does not start', async () => {
    const directory = await runFolder();
    const connecting = connectToEngine({ directory, client: 'test', start: () => ({ exited: Promise.resolve(3) }) });
    await expect(connecting).rejects.toMatchObject({ code: 'engine-start-failed', args: { exitCode: 3 } });
  });

  test.each(['sqlite-missing', 'disk-full', 'storage-read-only', 'data-in-use'] as const)(
    'fails with what the engine meant: %s',
    async (code) => {
      const directory = await runFolder();
      const start = () => ({ exited: Promise.resolve(exitCodeOf(new EndlessError(code))) });
      await expect(connectToEngine({ directory, client: 'test', start })).rejects.toMatchObject({ code });
    },
  );

  test('fails with the reason when no process can be started at all', async () => {
    const directory = await runFolder();
    const start = () => {
      throw new Error('ENOSPC: no space left on device');
    };
    const failure: unknown = await connectToEngine({ directory, client: 'test', start }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'engine-start-failed', cause: { message: 'ENOSPC: no space left on device' } });
  });

  test('fails with the reason when the process cannot be made', async () => {
    const directory = await runFolder();
    const start = () => ({ exited: Promise.reject(new Error('spawn EAGAIN')) });
    const failure: unknown = await connectToEngine({ directory, client: 'test', start }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'engine-start-failed', cause: { message: 'spawn EAGAIN' } });
  });

  test('fails when no engine publishes itself in time', async () => {
    const directory = await runFolder();
    const start = () => ({ exited: new Promise<number>(() => undefined) });
    await expect(connectToEngine({ directory, client: 'test', start, timeLimitMs: 1 })).rejects.toMatchObject({
      code: 'engine-start-failed',
    });
  });

  test('to a newer engine fails', async () => {
    const directory = await runFolder();
    await serve(directory, { hello: hello(PROTOCOL_VERSION + 1) });
    await expect(connect(directory)).rejects.toMatchObject({ code: 'engine-newer' });
  });

  test('to an older engine waits until it has gone, and starts a new one', async () => {
    const directory = await runFolder();
    const old = await serve(directory, { hello: hello(PROTOCOL_VERSION - 1) });
    const connection = await connectToEngine({
      directory,
      client: 'test',
      start: () => {
        void leave(old).then(() => serve(directory));
        return { exited: new Promise(() => undefined) };
      },
    });
    expect((await connection.request('inspectModel', { path: 'a.gguf' })).name).toBe('Scripted');
    connection.close();
  });
});

describe('a server', () => {
  test('is abandoned when its last client has been gone for the linger time', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const directory = await runFolder();
    const greeted = Promise.withResolvers<ClientConnection>();
    const greet: EngineApi<ClientConnection>['hello'] = (_, connection) => {
      greeted.resolve(connection);
      return Promise.resolve({ protocolVersion: PROTOCOL_VERSION, pid: process.pid });
    };
    const server = await serve(directory, { hello: greet }, { lingerMs: 60_000 });
    let abandoned = false;
    void server.abandoned.then(() => (abandoned = true));

    const client = await connect(directory);
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(abandoned).toBe(false);

    client.close();
    await (
      await greeted.promise
    ).closed;
    await vi.advanceTimersByTimeAsync(59_999);
    expect(abandoned).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(abandoned).toBe(true);
  });

  test('that has closed waits for nobody', async () => {
    const directory = await runFolder();
    const server = await serve(directory);
    const client = await connect(directory);
    const waiting = vi.spyOn(globalThis, 'setTimeout');
    onTestFinished(() => waiting.mockRestore());
    await leave(server);
    await client.closed;
    await setImmediate();
    expect(waiting).not.toHaveBeenCalled();
  });

  test("that closes ends its clients' connections", async () => {
    const directory = await runFolder();
    const server = await serve(directory);
    const client = await connect(directory);
    await leave(server);
    await client.closed;
    await expect(client.request('stop', { address: { conversationId: 'a' } })).rejects.toMatchObject({
      code: 'engine-crashed',
    });
  });
});
