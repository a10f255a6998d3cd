import { once } from 'node:events';
import { createConnection } from 'node:net';
import { describe, expect, test } from 'vitest';
import { createMessageConnection, SocketMessageReader, SocketMessageWriter, type MessageConnection } from 'vscode-jsonrpc/node';
import { proveAsClient } from '../../../src/link/handshake.ts';
import { readRecord } from '../../../src/link/run-directory.ts';
import { EndlessError } from '../../../src/shared/errors.ts';
import type { Address } from '../../../src/shared/protocol/address.ts';
import { PROTOCOL_VERSION } from '../../../src/shared/protocol/protocol.ts';
import { DEFAULT_SETTINGS, engineSettings } from '../../../src/shared/settings.ts';
import { connect, eventOf, leave, runFolder, serve } from './run-folder.ts';

const address: Address = { conversationId: 'a' };
const settings = engineSettings({ ...DEFAULT_SETTINGS, 'model.path': 'a.gguf' });

/** A client that says whatever it likes once it is in. */
async function rawClient(directory: string): Promise<MessageConnection> {
  const record = (await readRecord(directory))!;
  const socket = createConnection(record.socket);
  await once(socket, 'connect');
  await proveAsClient(socket, record.secret);
  const rpc = createMessageConnection(new SocketMessageReader(socket), new SocketMessageWriter(socket));
  rpc.listen();
  return rpc;
}

/** A request that is under way for good, and when it has begun. */
function neverAnswered(): { readonly asked: Promise<void>; readonly stop: () => Promise<never> } {
  const { promise: asked, resolve } = Promise.withResolvers<void>();
  const stop = (): Promise<never> => {
    resolve();
    return new Promise(() => undefined);
  };
  return { asked, stop };
}

describe('a request', () => {
  test('is answered', async () => {
    const directory = await runFolder();
    await serve(directory);
    const client = await connect(directory);
    expect(await client.request('inspectModel', { path: 'a.gguf' })).toMatchObject({ architecture: 'llama' });
  });

  test('that fails does so with the code and the arguments of the engine', async () => {
    const directory = await runFolder();
    await serve(directory);
    const client = await connect(directory);
    const failing = client.request('inspectModel', { path: 'fail-model-truncated.gguf' });
    await expect(failing).rejects.toMatchObject({ code: 'model-truncated', args: { path: 'fail-model-truncated.gguf' } });
  });

  test('whose handler throws anything else fails as "internal", with the cause for the log', async () => {
    const directory = await runFolder();
    await serve(directory, { stop: () => Promise.reject(new TypeError('the cause')) });
    const client = await connect(directory);
    await expect(client.request('stop', { address })).rejects.toMatchObject({ code: 'internal', cause: 'the cause' });
  });

  test('nobody waits for any more is told to the engine, which answers all the same', async () => {
    const directory = await runFolder();
    const arrived = Promise.withResolvers<void>();
    await serve(directory, {
      complete: async (_params, _client, signal) => {
        arrived.resolve();
        if (!signal.aborted) await once(signal, 'abort');
        return { outcome: 'superseded', text: '', alternatives: [] };
      },
    });
    const client = await connect(directory);
    const controller = new AbortController();
    const place = { repository: 'r', path: 'a.ts', before: 'a', after: '', explicit: false };
    const completion = { modelPath: 'a.gguf', gpu: 'off', threads: 1, quantizedValues: false, chatWindow: 512, window: 512 } as const;
    const answer = client.request('complete', { place, settings: completion, ahead: false }, controller.signal);
    await arrived.promise;
    controller.abort();
    expect(await answer).toEqual({ outcome: 'superseded', text: '', alternatives: [] });
    const late = client.request('complete', { place, settings: completion, ahead: false }, controller.signal);
    expect(await late).toEqual({ outcome: 'superseded', text: '', alternatives: [] });
  });

  test('that the engine does not know is rejected with its name', async () => {
    const directory = await runFolder();
    await serve(directory);
    const rpc = await rawClient(directory);
    await expect(rpc.sendRequest('engine/dance', {})).rejects.toMatchObject({
      data: { code: 'unknown-message', args: { message: 'engine/dance' } },
    });
    rpc.dispose();
  });

  test('with wrong parameters is rejected with its name and what is wrong', async () => {
    const directory = await runFolder();
    await serve(directory);
    const rpc = await rawClient(directory);
    await expect(rpc.sendRequest('conversation/open', { address: { conversationId: '../etc' }, turns: 1 })).rejects.toMatchObject({
      data: {
        code: 'invalid-message',
        args: { message: 'conversation/open' },
        detail: expect.stringContaining('address.conversationId') as string,
      },
    });
    rpc.dispose();
  });

  test('that is answered with nonsense fails as "invalid-message"', async () => {
    const directory = await runFolder();
    await serve(directory, { history: async () => ({ turns: 'none' }) as never });
    const client = await connect(directory);
    await expect(client.request('history', { address, before: 1, turns: 1 })).rejects.toMatchObject({ code: 'invalid-message' });
  });

  test('under way when the engine goes fails as "engine-crashed"', async () => {
    const directory = await runFolder();
    const { asked, stop } = neverAnswered();
    const server = await serve(directory, { stop });
    const client = await connect(directory);
    const failure = client.request('stop', { address }).catch((error: unknown) => error);
    await asked;
    await leave(server);
    expect(await failure).toBeInstanceOf(EndlessError);
    expect(await failure).toMatchObject({ code: 'engine-crashed' });
  });

  test('under way when an engine goes that has said so fails as "engine-restarted"', async () => {
    const directory = await runFolder();
    const { asked, stop } = neverAnswered();
    const server = await serve(directory, {
      hello: (_params, client) => {
        client.notify('leaving', {});
        return Promise.resolve({ protocolVersion: PROTOCOL_VERSION, pid: process.pid });
      },
      stop,
    });
    const client = await connect(directory);
    const failure = client.request('stop', { address }).catch((error: unknown) => error);
    await asked;
    await leave(server);
    expect(await failure).toMatchObject({ code: 'engine-restarted' });
  });
});

describe('events', () => {
  test('reach every client of the conversation', async () => {
    const directory = await runFolder();
    await serve(directory);
    const [a, b] = [await connect(directory), await connect(directory)];
    for (const client of [a, b]) await client.request('open', { address, turns: 10 });
    const answers = [a, b].map((client) => eventOf(client, 'turn', ({ turn }) => turn.state === 'done'));

    await a.request('send', { address, key: 'k', message: '/echo one two', settings });

    for (const { turn } of await Promise.all(answers))
      expect(turn).toMatchObject({ message: '/echo one two', answer: 'one two', finish: 'end' });
  });

  test('do not reach the clients of another conversation', async () => {
    const directory = await runFolder();
    await serve(directory);
    const [a, b] = [await connect(directory), await connect(directory)];
    await a.request('open', { address, turns: 10 });
    await b.request('open', { address: { ...address, conversationId: 'b' }, turns: 10 });
    const heard: number[] = [];
    b.onEvent('turn', ({ turn }) => heard.push(turn.id));
    const done = eventOf(a, 'turn', ({ turn }) => turn.state === 'done');

    await a.request('send', { address, key: 'k', message: 'hello', settings });
    await done;
    await b.request('history', { address, before: 9, turns: 1 });

    expect(heard).toEqual([]);
  });
});
