import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { streamChat, type ChatPiece } from '../../../../src/engine/model/remote/chat-stream.ts';
import { ServerAccess } from '../../../../src/engine/model/remote/server-access.ts';
import { ServerClient } from '../../../../src/engine/model/remote/server-client.ts';
import { listModels, probe } from '../../../../src/engine/model/remote/server-probe.ts';
import { TokenCounter } from '../../../../src/engine/model/remote/token-counter.ts';
import { EndlessError } from '../../../../src/shared/errors.ts';
import { RecordingProxy } from '../../../fixtures/server/recording-proxy.ts';

const never = new AbortController().signal;
const BODY = { model: 'm', messages: [] };
let access: ServerAccess;
let server: RecordingProxy;
let client: ServerClient;

beforeEach(async () => {
  access = new ServerAccess();
  server = await RecordingProxy.start();
  client = new ServerClient(server.base, access);
});
afterEach(() => server.close());

/** The server answers everything so. */
function answers(status: number, body: string, headers: Readonly<Record<string, string>> = {}): void {
  server.intercept = (_, response) => {
    response.writeHead(status, headers).end(body);
    return true;
  };
}

/** The server streams this, and then ends, or breaks off. */
function streams(text: string, { breaksOff = false } = {}): void {
  server.intercept = (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(text, () => {
      if (breaksOff) response.destroy();
      else response.end();
    });
    return true;
  };
}

async function failure(work: Promise<unknown>): Promise<EndlessError> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof EndlessError)) throw new Error(`no coded failure: ${String(error)}`);
  return error;
}

const get = (): Promise<unknown> => client.get(client.standard('/models'), never);
const delta = (content: string): string => `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`;
const STOP = `data: ${JSON.stringify({ choices: [{ delta: {}, finish_reason: 'stop' }] })}\n\n`;

async function chat(signal = never): Promise<{ readonly text: string; readonly thoughts: string; readonly pieces: readonly ChatPiece[] }> {
  const pieces: ChatPiece[] = [];
  for await (const piece of streamChat(client, BODY, signal)) pieces.push(piece);
  return { text: pieces.map(({ answer }) => answer).join(''), thoughts: pieces.map(({ thought }) => thought).join(''), pieces };
}

describe('a server that fails', () => {
  it('by saying nothing is not waited for when it is only asked for what it has', async () => {
    server.intercept = () => true;
    const hasty = new ServerClient(server.base, access, 50);
    expect(await failure(probe(hasty, '', never))).toMatchObject({ code: 'server-unreachable', args: { host: client.host } });
  });

  it('by saying nothing of its context is used as one that does not say', async () => {
    server.intercept = ({ what }, response) => {
      if (what === 'GET /v1/models') response.end('{"data":[{"id":"m"}]}');
      return true;
    };
    // Long enough for the one question that is answered.
    const hasty = new ServerClient(server.base, access, 2_000);
    await expect(probe(hasty, 'm', never)).resolves.toEqual({ model: 'm', software: 'other', window: undefined });
  });

  it('by beginning an answer and never ending it is not waited for either', async () => {
    server.intercept = (_, response) => {
      response.writeHead(200).write('{"data":');
      return true;
    };
    expect(await failure(listModels(new ServerClient(server.base, access, 50), never))).toMatchObject({ code: 'server-unreachable' });
  });

  it.each([
    [401, '{"error":{"message":"Invalid API Key","type":"authentication_error"}}', 'server-refuses-key'],
    [403, '', 'server-refuses-key'],
    [404, '{"error":{"message":"The model does not exist."}}', 'server-model-unknown'],
    [400, '{"error":{"message":"bad field"}}', 'server-refuses'],
    [400, 'no JSON', 'server-refuses'],
    [500, '{"error":{"message":"oops"}}', 'server-failed'],
    [503, 'Loading model', 'server-failed'],
    [200, '<html>hello</html>', 'server-garbled'],
  ])('with %i %s', async (status, body, code) => {
    answers(status, body);
    expect(await failure(get())).toMatchObject({ code, args: { host: client.host } });
  });

  it.each([
    [
      'llama.cpp',
      '{"error":{"code":400,"message":"request (900 tokens) exceeds the available context size (512 tokens), try increasing it","type":"exceed_context_size_error","n_prompt_tokens":900,"n_ctx":512}}',
      { tokens: 900, window: 512 },
    ],
    [
      'vLLM',
      `{"object":"error","message":"This model's maximum context length is 4096 tokens. However, you requested 5000 tokens.","type":"BadRequestError","code":400}`,
      { window: 4096 },
    ],
    [
      'TensorRT-LLM',
      '{"error":{"message":"Prompt length exceeds maximum: prompt + max_tokens > max_seq_len (2048)","type":"BadRequestError"}}',
      {},
    ],
  ])('because the prompt is too long for its context (%s)', async (_, body, args) => {
    answers(400, body);
    expect(await failure(get())).toMatchObject({ code: 'server-context-full', args });
  });

  it('because it has too much to do says for how long', async () => {
    answers(429, '', { 'retry-after': '17' });
    expect(await failure(get())).toMatchObject({ code: 'server-busy', args: { seconds: 17 } });
    answers(429, '');
    expect((await failure(get())).args).toEqual({ host: client.host });
  });

  it('because nobody is there', async () => {
    await server.close();
    expect(await failure(get())).toMatchObject({ code: 'server-unreachable' });
    server = await RecordingProxy.start();
  });

  it('by sending elsewhere is not followed', async () => {
    const elsewhere = await RecordingProxy.start();
    access.set(server.origin, { key: 'secret', allowsReadable: false });
    answers(307, '', { location: `${elsewhere.base}/models` });
    expect(await failure(get())).toMatchObject({ code: 'server-garbled' });
    expect(elsewhere.recorded).toEqual([]);
    await elsewhere.close();
  });

  it('in the middle of an answer has said what came before', async () => {
    const pieces: string[] = [];
    const take = async (): Promise<void> => {
      for await (const { answer } of streamChat(client, BODY, never)) pieces.push(answer);
    };
    streams(delta('half '), { breaksOff: true });
    expect(await failure(take())).toMatchObject({ code: 'server-broke-off' });
    streams(delta('an ') + delta('answer'));
    expect(await failure(take())).toMatchObject({ code: 'server-broke-off' });
    streams(`${delta('and ')}data: {"error":{"message":"out of memory","type":"server_error"}}\n\n`);
    expect(await failure(take())).toMatchObject({ code: 'server-failed' });
    streams(`${delta('more')}data: {"choices": 7}\n\n`);
    expect(await failure(take())).toMatchObject({ code: 'server-garbled' });
    expect(pieces.join('')).toBe('half an answerand more');
  });
});

it('a model that is gone by now is told with those that there are', async () => {
  server.intercept = ({ what }, response) => {
    const isList = what === 'GET /v1/models';
    response.writeHead(isList ? 200 : 404).end(isList ? '{"data":[{"id":"a"},{"id":"b"}]}' : '{"error":{"message":"no such model"}}');
    return true;
  };
  expect(await failure(chat())).toMatchObject({ code: 'server-model-unknown', args: { model: 'm', models: 'a, b' } });
});

describe('a key', () => {
  it('goes to the origin that it is for, and to no other', async () => {
    answers(200, '{}');
    access.set('http://127.0.0.1:1', { key: 'of another', allowsReadable: false });
    await get();
    expect(server.recorded.at(-1)?.headers.authorization).toBeUndefined();
    access.set(server.origin, { key: 'secret', allowsReadable: false });
    await get();
    expect(server.recorded.at(-1)?.headers.authorization).toBe('Bearer secret');
  });

  it('stands in no failure', async () => {
    access.set(server.origin, { key: 'secret', allowsReadable: false });
    answers(500, 'no');
    const error = await failure(get());
    expect(JSON.stringify(error.toReport())).not.toContain('secret');
    expect(String(error.stack)).not.toContain('secret');
  });
});

it('nothing goes out where others can read it, unless that is allowed', async () => {
  const readable = new ServerClient('http://models.invalid/v1', access);
  const ask = (): Promise<unknown> => readable.get(readable.standard('/models'), never);
  expect(await failure(ask())).toMatchObject({ code: 'server-readable', args: { host: 'models.invalid' } });
  access.set('http://models.invalid', { key: '', allowsReadable: true });
  expect(await failure(ask())).toMatchObject({ code: 'server-unreachable' });
});

describe('an answer', () => {
  it('comes piece by piece, with thoughts and figures', async () => {
    streams(
      [
        ': keep-alive\r\n\r\n',
        'data: {"choices":[{"delta":{"role":"assistant","content":null}}]}\r\n\r\n',
        'data: {"choices":[{"delta":{"reasoning_content":"Hm."}}]}\r\n\r\n',
        'data: {"choices":[{"delta":{"content":"Yes"}}]}\r\n\r\n',
        'data: {"choices":[{"delta":{},"finish_reason":"length"}]}\r\n\r\n',
        'data: {"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":4}}}\r\n\r\n',
        'data: [DONE]\r\n\r\n',
        'data: nothing more is read',
      ].join(''),
    );
    const stream = streamChat(client, BODY, never);
    const pieces: ChatPiece[] = [];
    let step = await stream.next();
    for (; !step.done; step = await stream.next()) pieces.push(step.value);
    expect(pieces).toEqual([
      { thought: 'Hm.', answer: '' },
      { thought: '', answer: 'Yes' },
    ]);
    expect(step.value).toEqual({ reason: 'length', calls: [], usage: { prompt: 9, answer: 2, cached: 4 } });
  });

  it('may call tools, piece by piece', async () => {
    const call = (index: number, name: string | null, args: string): string =>
      `data: ${JSON.stringify({ choices: [{ delta: { tool_calls: [{ index, ...(name && { id: `c${String(index)}` }), function: { name, arguments: args } }] } }] })}\n\n`;
    streams(call(0, 'read', '{"pa') + call(0, null, 'th":1}') + call(1, 'list', '') + STOP);
    const stream = streamChat(client, BODY, never);
    expect((await stream.next()).value).toMatchObject({
      calls: [
        { id: 'c0', name: 'read', input: '{"path":1}' },
        { id: 'c1', name: 'list', input: '' },
      ],
    });
  });

  it('ends at once for who does not wait any more', async () => {
    const gone = Promise.withResolvers<void>();
    server.intercept = (_, response) => {
      response.on('close', () => gone.resolve());
      response.writeHead(200).write(delta('first'));
      return true;
    };
    const stop = new AbortController();
    const stream = streamChat(client, BODY, stop.signal);
    await stream.next();
    stop.abort();
    await expect(stream.next()).rejects.toBe(stop.signal.reason);
    await gone.promise;
    await expect(chat(stop.signal)).rejects.toBe(stop.signal.reason);
  });
});

describe('a probe', () => {
  const has = (paths: Readonly<Record<string, object>>): void => {
    server.intercept = ({ what }, response) => {
      const body = paths[what];
      response.writeHead(body ? 200 : 404).end(JSON.stringify(body ?? { error: { message: 'not found' } }));
      return true;
    };
  };
  const listed = (...ids: readonly string[]): object => ({ object: 'list', data: ids.map((id) => ({ id, owned_by: 'me' })) });

  it("knows llama.cpp's server by its properties", async () => {
    has({ 'GET /v1/models': listed('a.gguf'), 'GET /props': { default_generation_settings: { n_ctx: 4096 } } });
    expect(await probe(client, '', never)).toEqual({ model: 'a.gguf', software: 'llama.cpp', window: 4096 });
    expect(await probe(client, 'called otherwise', never)).toMatchObject({ model: 'a.gguf' });
  });

  it('knows vLLM, and its window', async () => {
    has({ 'GET /v1/models': { data: [{ id: 'org/a', owned_by: 'vllm', max_model_len: 32768 }] } });
    expect(await probe(client, 'org/a', never)).toEqual({ model: 'org/a', software: 'vllm', window: 32768 });
  });

  it('says which models there are where the wished one is not', async () => {
    has({ 'GET /v1/models': listed('a', 'b') });
    expect(await probe(client, 'b', never)).toEqual({ model: 'b', software: 'other', window: undefined });
    expect(await failure(probe(client, 'c', never))).toMatchObject({ code: 'server-model-unknown', args: { model: 'c', models: 'a, b' } });
  });

  it('takes no other answer for a list of models', async () => {
    has({ 'GET /v1/models': { models: [] } });
    expect(await failure(listModels(client, never))).toMatchObject({ code: 'server-garbled' });
  });
});

describe('tokens', () => {
  it('are counted by the server as plain text', async () => {
    answers(200, '{"tokens":[1,2,3]}');
    expect(await new TokenCounter(client, 'llama.cpp', 'm').count('a <|im_end|>', never)).toBe(3);
    expect(server.recorded.at(-1)).toMatchObject({ what: 'POST /tokenize', body: { content: 'a <|im_end|>', parse_special: false } });
    answers(200, '{"count":5,"max_model_len":9,"tokens":[1,2,3,4,5]}');
    expect(await new TokenCounter(client, 'vllm', 'm').count('text', never)).toBe(5);
    expect(server.recorded.at(-1)).toMatchObject({ body: { model: 'm', prompt: 'text' } });
  });

  it('are estimated from then on where that fails', async () => {
    answers(404, '');
    const counter = new TokenCounter(client, 'llama.cpp', 'm');
    expect(await counter.count('one two', never)).toBeGreaterThanOrEqual(2);
    expect(counter.isExact).toBe(false);
    await counter.count('three', never);
    expect(server.recorded).toHaveLength(1);
  });
});

it('a server that listens and hangs up is not there', async () => {
  const rude = createServer((request) => request.socket.destroy());
  await new Promise<void>((resolve) => rude.listen(0, '127.0.0.1', resolve));
  const port = (rude.address() as AddressInfo).port;
  const asked = new ServerClient(`http://127.0.0.1:${String(port)}/v1`, access);
  expect(await failure(asked.get(asked.standard('/models'), never))).toMatchObject({ code: 'server-unreachable' });
  await new Promise((resolve) => rude.close(resolve));
});
