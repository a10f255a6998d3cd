import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createConnection, createServer, type Socket } from 'node:net';
import { describe, afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { proveAsClient } from '../../src/link/handshake.ts';
import { readRecord } from '../../src/link/run-directory.ts';
import { ADDRESS, EnginePlace, Participant } from '../engine/engine-process.ts';
import { attend, faultPlace, kill, peakMemory } from './harness/fault-test.ts';

const MEGABYTE = 1024 * 1024;

/** A connection to the engine of the place, before any word. */
async function stranger(place: EnginePlace): Promise<Socket> {
  const { socket: path } = (await readRecord(place.runDirectory))!;
  const socket = createConnection(path);
  // The engine may be the first to go.
  socket.on('error', () => undefined);
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  return socket;
}

/** The same with the secret proved. */
async function insider(place: EnginePlace): Promise<Socket> {
  const socket = await stranger(place);
  await proveAsClient(socket, (await readRecord(place.runDirectory))!.secret);
  return socket;
}

function frame(body: string): string {
  return `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

const request = (id: number, method: string, params: unknown): string => frame(JSON.stringify({ jsonrpc: '2.0', id, method, params }));

/** Settles when the engine has let the connection go; reads whatever comes until then. */
async function letGo(socket: Socket): Promise<void> {
  socket.resume();
  if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve));
}

let place: EnginePlace;
let user: Participant;
beforeAll(async () => {
  place = new EnginePlace();
  user = new Participant(await place.connect());
  await user.open();
});
afterAll(async () => {
  user.connection.close();
  await place.close();
});

describe('a client that cannot prove the secret', () => {
  it.each([
    ['with another secret', async (socket: Socket) => proveAsClient(socket, '00'.repeat(32)).catch(() => undefined)],
    ['with a long line', async (socket: Socket) => void socket.write('x'.repeat(5_000))],
    ['with nothing', async (socket: Socket) => void socket.write('\n\n\n\n')],
    [
      'with a request',
      async (socket: Socket) => void socket.write(request(1, 'engine/hello', { protocolVersion: 99, client: 'x' }) + '\n'),
    ],
  ])('is told nothing and let go: %s', async (_, speak) => {
    const socket = await stranger(place);
    const heard: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => heard.push(chunk));
    await speak(socket);
    await letGo(socket);
    // A nonce and a proof, at most.
    expect(Buffer.concat(heard).toString()).toMatch(/^([0-9a-f]{32} [0-9a-f]{64}\n)?$/);
    await expect(user.ask('Hello', { maxAnswerTokens: 2 })).resolves.toMatchObject({ state: 'done' });
  });
});

describe('a client that sends garbage', () => {
  it.each([
    ['no frame at all', 'hello engine\n'.repeat(1_000)],
    ['half a JSON', frame('{"jsonrpc":"2.0","id":1,"meth')],
    ['a length of nothing', 'Content-Length: \r\n\r\n{}'],
    ['a length beyond all measure', `Content-Length: ${100 * MEGABYTE}\r\n\r\n`],
    ['zeros', Buffer.alloc(MEGABYTE)],
  ])('is let go, and nobody else notices: %s', async (_, bytes) => {
    const socket = await insider(place);
    socket.write(bytes);
    await letGo(socket);
    await expect(user.ask('Hello', { maxAnswerTokens: 2 })).resolves.toMatchObject({ state: 'done' });
  });

  it('that is JSON but no request is answered by an error or not at all, and stays', async () => {
    const socket = await insider(place);
    for (const body of [
      'null',
      '42',
      '"text"',
      '[]',
      '{}',
      '{"jsonrpc":"2.0"}',
      '{"id":{},"method":7}',
      '{"jsonrpc":"2.0","id":1,"result":{}}',
    ])
      socket.write(frame(body));
    socket.write(request(7, 'engine/dance', {}));
    socket.write(request(8, 'conversation/send', { address: ADDRESS, key: 1, message: '' }));
    socket.write(request(9, 'conversation/open', { address: { conversationId: '../../etc/passwd' }, turns: 1e308 }));
    let heard = '';
    socket.on('data', (chunk: Buffer) => (heard += chunk.toString()));
    await expect.poll(() => heard, { timeout: 30_000 }).toContain('"id":9');
    expect(heard).toMatch(/"id":7.*unknown-message.*"id":8.*invalid-message.*"id":9.*invalid-message/s);
    await expect(user.ask('Hello', { maxAnswerTokens: 2 })).resolves.toMatchObject({ state: 'done' });
  });

  it('a hundred megabytes of it do not fill the memory of the engine', async () => {
    const before = peakMemory(await place.pid());
    for (const start of ['', `Content-Length: ${15 * MEGABYTE}\r\n\r\n`]) {
      const socket = await insider(place);
      socket.write(start);
      for (let sent = 0; sent < 100 && socket.writable; sent++) socket.write(Buffer.alloc(MEGABYTE, 'x'));
      await letGo(socket);
    }
    expect(peakMemory(await place.pid()) - before).toBeLessThan(90 * MEGABYTE);
    await expect(user.ask('Hello', { maxAnswerTokens: 2 })).resolves.toMatchObject({ state: 'done' });
  });

  it('a message that no engine would read is refused before it is sent', async () => {
    const before = await user.open();
    await expect(user.send('x'.repeat(17 * MEGABYTE))).rejects.toMatchObject({ code: 'message-too-long' });
    await expect(user.open()).resolves.toEqual(before);
  });
});

it('a client that asks and never reads is let go before what waits for it fills the memory', async () => {
  await user.ask('a long message '.repeat(10_000));
  const before = peakMemory(await place.pid());
  const sleeper = await insider(place);
  // Others are served meanwhile.
  for (let id = 1; !sleeper.closed; id++) {
    sleeper.write(request(id, 'conversation/open', { address: ADDRESS, turns: 1 }));
    if (id % 100 === 0) await user.open();
  }
  expect(peakMemory(await place.pid()) - before).toBeLessThan(150 * MEGABYTE);
});

it('a squatter on the name of the socket learns nothing, and an engine takes its place', async () => {
  const place = faultPlace();
  const first = await attend(place);
  await first.ask('Hello');
  const { socket: path, secret } = (await readRecord(place.runDirectory))!;
  await kill(place);
  await first.connection.closed;

  let heard = '';
  const squatter = createServer((socket) => {
    socket.on('data', (chunk: Buffer) => {
      heard += chunk.toString();
      socket.write(`${'0'.repeat(32)} ${'0'.repeat(64)}\nok\n`);
    });
    socket.on('error', () => undefined);
  });
  await rm(path);
  squatter.listen(path);
  await once(squatter, 'listening');
  onTestFinished(() => void squatter.close());

  const again = await attend(place);
  expect((await again.open()).map(({ message }) => message)).toEqual(['Hello']);
  expect((await readRecord(place.runDirectory))?.socket).not.toBe(path);
  expect(heard).toMatch(/^([0-9a-f]{32}\n)+$/);
  expect(heard).not.toContain(secret);
});
