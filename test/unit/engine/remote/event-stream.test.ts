import { describe, expect, it } from 'vitest';
import { eventData } from '../../../../src/engine/model/remote/event-stream.ts';

async function read(...chunks: readonly (string | Uint8Array)[]): Promise<readonly string[]> {
  const encoder = new TextEncoder();
  async function* bytes(): AsyncGenerator<Uint8Array> {
    for (const chunk of chunks) yield typeof chunk === 'string' ? encoder.encode(chunk) : chunk;
  }
  const events: string[] = [];
  for await (const data of eventData(bytes())) events.push(data);
  return events;
}

/** The same bytes, one by one. */
const oneByOne = (text: string): readonly Uint8Array[] => [...new TextEncoder().encode(text)].map((byte) => Uint8Array.of(byte));

describe('server-sent events', () => {
  it('are read in whatever chunks they come', async () => {
    const text = 'data: {"a":"grün 🌲"}\n\ndata: [DONE]\n\n';
    expect(await read(text)).toEqual(['{"a":"grün 🌲"}', '[DONE]']);
    expect(await read(...oneByOne(text))).toEqual(['{"a":"grün 🌲"}', '[DONE]']);
  });

  it.each(['\n', '\r\n', '\r'])('end their lines with %j', async (end) => {
    const text = ['data: one', '', 'data: two', '', ''].join(end);
    expect(await read(text)).toEqual(['one', 'two']);
    expect(await read(...oneByOne(text))).toEqual(['one', 'two']);
  });

  it('leave out comments and fields of no interest', async () => {
    expect(await read(': keep-alive\n\n', 'event: message\nid: 7\nretry: 10\ndata: x\n\n', ':\n\n')).toEqual(['x']);
  });

  it('join several lines of data, and need no space before them', async () => {
    expect(await read('data:one\ndata: two\ndata\n\n')).toEqual(['one\ntwo\n']);
  });

  it('tell a failure in a field of its own', async () => {
    expect(await read('error: {"message":"no"}\n\n')).toEqual(['{"error":{"message":"no"}}']);
  });

  it('may lack the empty line behind the last one', async () => {
    expect(await read('data: one\n\ndata: two')).toEqual(['one', 'two']);
  });

  it('must not have lines without end', async () => {
    await expect(read(...Array.from({ length: 17 }, () => 'x'.repeat(1_000_000)))).rejects.toThrow(RangeError);
  });
});
