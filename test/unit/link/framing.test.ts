import { once } from 'node:events';
import { createConnection, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Message } from 'vscode-jsonrpc/node';
import { BoundedReader, BoundedWriter } from '../../../src/link/framing.ts';
import { runFolder } from './run-folder.ts';

const message = (text: string): Message => ({ jsonrpc: '2.0', method: text }) as Message;

function frame(body: string): Buffer {
  return Buffer.from(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}

/** What a reader makes of chunks that come one after the other. */
async function read(chunks: readonly Buffer[], longest = 1_000): Promise<{ messages: Message[]; errors: Error[] }> {
  const stream = new PassThrough();
  const reader = new BoundedReader(stream as unknown as Socket, longest);
  const [messages, errors]: [Message[], Error[]] = [[], []];
  reader.onError((error) => errors.push(error));
  reader.listen((read) => messages.push(read));
  for (const chunk of chunks) stream.write(chunk);
  stream.end();
  stream.resume();
  await once(stream, 'end');
  return { messages, errors };
}

describe('a reader', () => {
  test('reads what was written, however it is cut on its way', async () => {
    const texts = fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(texts, fc.array(fc.nat(300)), async (written, cuts) => {
        const bytes = Buffer.concat(written.map((text) => frame(JSON.stringify(message(text)))));
        const places = [0, ...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length];
        const chunks = places.slice(1).map((end, at) => bytes.subarray(places[at], end));
        const { messages, errors } = await read(chunks);
        expect(messages).toEqual(written.map(message));
        expect(errors).toEqual([]);
      }),
    );
  });

  test.each([
    ['no header', Buffer.alloc(5_000, 'x')],
    ['a header without end', Buffer.concat([Buffer.from('Content-Length: 5'), Buffer.alloc(5_000, '0')])],
    ['a length that is no number', Buffer.from('Content-Length: many\r\n\r\n{}')],
    ['more than it takes', Buffer.from('Content-Length: 1001\r\n\r\n')],
    ['half a message', frame('{"jsonrpc": ')],
    ['no JSON', frame('hello')],
  ])('refuses %s at once', async (_, bytes) => {
    const { messages, errors } = await read([bytes]);
    expect(messages).toEqual([]);
    expect(errors).toHaveLength(1);
  });
});

test('a writer lets somebody go who does not read', async () => {
  const path = join(await runFolder(), 's');
  const accepted = Promise.withResolvers<Socket>();
  const server = createServer({ pauseOnConnect: true }, accepted.resolve).listen(path);
  onTestFinished(() => void server.close());
  const socket = createConnection(path);
  onTestFinished(() => void socket.destroy());
  const sleeper = await accepted.promise;
  onTestFinished(() => void sleeper.destroy());
  const writer = new BoundedWriter(socket);
  const million = message('m'.repeat(1_000_000));
  const written = Array.from({ length: 100 }, () =>
    writer.write(million).then(
      () => 'written',
      () => 'lost',
    ),
  );
  expect(socket.destroyed).toBe(true);
  expect(socket.writableLength).toBeLessThan(20_000_000);
  expect(await Promise.all(written)).toContain('lost');
});
