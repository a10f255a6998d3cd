import { once } from 'node:events';
import { createConnection, createServer, type Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { connectToEngine } from '../../../src/link/connect.ts';
import { proveAsClient } from '../../../src/link/handshake.ts';
import { newRecord, publishRecord, readRecord, type EngineRecord } from '../../../src/link/run-directory.ts';
import { connect, runFolder, serve } from './run-folder.ts';

async function served(): Promise<{ readonly directory: string; readonly record: EngineRecord; readonly socket: Socket }> {
  const directory = await runFolder();
  await serve(directory);
  const record = (await readRecord(directory))!;
  const socket = createConnection(record.socket);
  await once(socket, 'connect');
  return { directory, record, socket };
}

const REQUEST = '{"jsonrpc":"2.0","id":1,"method":"engine/hello","params":{}}';

/** What comes until the other side hangs up. */
async function everythingSaid(socket: Socket): Promise<string> {
  let said = '';
  socket.on('data', (chunk: Buffer) => (said += chunk.toString()));
  socket.on('error', () => undefined);
  await once(socket, 'close');
  return said;
}

describe('the engine', () => {
  test('lets a client in that knows the secret', async () => {
    const { record, socket } = await served();
    await proveAsClient(socket, record.secret);
    socket.destroy();
  });

  test('turns a client away that does not', async () => {
    const { directory, socket } = await served();
    await expect(proveAsClient(socket, newRecord(directory, 1).secret)).rejects.toMatchObject({ code: 'engine-rejected' });
  });

  test.each([
    ['requests without a proof', `${REQUEST}\n${REQUEST}\n`],
    ['a line without end', 'x'.repeat(5_000)],
    ['a wrong proof', `${'0'.repeat(32)}\n${'0'.repeat(64)}\n`],
  ])('hangs up on %s, and goes on serving others', async (_, bytes) => {
    const { directory, socket } = await served();
    socket.write(bytes);
    expect(await everythingSaid(socket)).not.toContain('ok');
    await connect(directory);
  });

  test('does not take its own proof for that of a client', async () => {
    const { socket } = await served();
    socket.write(`${'0'.repeat(32)}\n`);
    const [reply] = (await once(socket, 'data')) as [Buffer];
    const [, proof = ''] = reply.toString().trim().split(' ');
    socket.write(`${proof}\n`);
    expect(await everythingSaid(socket)).toBe('');
  });
});

describe('the client', () => {
  test('gives a program that squats on the socket nothing, and starts an engine of its own', async ({ onTestFinished }) => {
    const directory = await runFolder();
    const record = newRecord(directory, 1);
    let heard = '';
    const squatter = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (chunk) => (heard += chunk.toString()));
      socket.write('a-nonce a-wrong-proof\n');
    });
    squatter.listen(record.socket);
    await once(squatter, 'listening');
    onTestFinished(() => void squatter.close());
    await publishRecord(directory, record);

    const connection = await connectToEngine({
      directory,
      client: 'test',
      start: () => {
        void serve(directory);
        return { exited: new Promise(() => undefined) };
      },
    });

    expect(heard).toMatch(/^([0-9a-f]{32}\n)+$/); // nonces, nothing else
    expect(heard).not.toContain(record.secret);
    connection.close();
  });
});
