import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ServerMessage } from '../../../src/engine/model/remote/chat-body.ts';
import type { EngineSettings } from '../../../src/shared/protocol/engine-settings.ts';
import type { GenerateParams, GenerateResult } from '../../../src/shared/protocol/generate.ts';
import type { ChatMessage, RequestStage, Tool } from '../../../src/shared/protocol/requests.ts';
import { serverAddress } from '../../../src/shared/server-address.ts';
import { RecordingProxy } from '../../fixtures/server/recording-proxy.ts';
import { startModelServer, type RunningServer } from '../../fixtures/server/start.ts';
import { testSettings } from '../bundled-model.ts';
import { ADDRESS, EnginePlace, Participant } from '../engine-process.ts';

const CHAT = 'POST /v1/chat/completions';

let server: RunningServer;
let proxy: RecordingProxy;
let place: EnginePlace;
let user: Participant;
let stages: RequestStage[];
let texts: string[];

beforeAll(async () => {
  server = await startModelServer({ window: 512 });
});
afterAll(() => server.close());

beforeEach(async () => {
  proxy = await RecordingProxy.start(server.origin);
  place = new EnginePlace();
  user = new Participant(await place.connect());
  await user.open();
  [stages, texts] = [[], []];
  user.connection.onEvent('requestStage', ({ stage }) => stages.push(stage));
  user.connection.onEvent('requestText', ({ text }) => texts.push(text));
});
afterEach(async () => {
  user.connection.close();
  await place.close();
  await proxy.close();
});

const settings = (): EngineSettings => testSettings({ modelPath: serverAddress(proxy.base, server.model), systemPrompt: 'You are brief.' });

async function generate(prompt: GenerateParams['prompt'], signal?: AbortSignal): Promise<GenerateResult> {
  return user.connection.request('generate', { id: crypto.randomUUID(), prompt, settings: settings(), requestWindow: 512 }, signal);
}

const sent = (): readonly { readonly messages: readonly ServerMessage[]; readonly tools?: readonly object[] }[] => proxy.bodies(CHAT);
const alone = (messages: ChatMessage[], tools: Tool[]): GenerateParams['prompt'] => ({
  kind: 'messages',
  messages,
  tools,
  mustCall: false,
});

describe('a request to a server', () => {
  it('beside the conversation knows it, and leaves no trace', async () => {
    await user.settled(await user.send('What does map do?', settings()));
    const before = user.status!.cache;
    const answer = await generate({ kind: 'message', lane: 'beside', address: ADDRESS, message: 'Write a function.' });
    expect(answer).toMatchObject({ lane: 'beside', finish: expect.stringMatching(/end|length/) as string });
    expect(answer.text).not.toBe('');
    expect(texts.join('')).toBe(answer.text);
    expect(
      sent()
        .at(-1)!
        .messages.map(({ role }) => role),
    ).toEqual(['system', 'user', 'assistant', 'user']);
    expect(user.status!.cache!.used).toBe(before!.used);
    expect((await user.open()).map(({ message }) => message)).toEqual(['What does map do?']);
  });

  it('alone brings everything along', async () => {
    const answer = await generate({ kind: 'message', lane: 'alone', address: ADDRESS, message: 'Write a function.' });
    expect(answer).toMatchObject({ lane: 'alone', window: 512 });
    expect(sent()[0]!.messages.map(({ role, content }) => `${role}: ${content}`)).toEqual([
      'system: You are brief.',
      'user: Write a function.',
    ]);
    expect(answer.stats.promptTokens).toBeGreaterThan(0);
    expect(answer.stats.answerTokens).toBeGreaterThan(0);
    expect(stages.map(({ kind }) => kind)).toContain('generating');
  });

  it('may have tools, whose calls and results go there and back', async () => {
    proxy.intercept = ({ what }, response) => {
      if (what !== CHAT) return false;
      const call = { index: 0, id: 'call-1', function: { name: 'read', arguments: '{"path":"a.ts"}' } };
      const events = [{ delta: { tool_calls: [call] } }, { delta: {}, finish_reason: 'tool_calls' }];
      response.writeHead(200).end(events.map((choice) => `data: ${JSON.stringify({ choices: [choice] })}\n\n`).join(''));
      return true;
    };
    const calls = [{ id: 'call-0', name: 'list', input: '{}' }];
    const messages: ChatMessage[] = [
      { role: 'user', text: 'What is in a.ts?' },
      { role: 'assistant', text: '', calls },
      { role: 'tool', callId: 'call-0', text: 'a.ts' },
    ];
    const inputSchema = '{"type":"object","properties":{"path":{"type":"string"}}}';
    const answer = await generate(alone(messages, [{ name: 'read', description: 'Reads a file.', inputSchema }]));
    expect(answer.calls).toEqual([{ id: 'call-1', name: 'read', input: '{"path":"a.ts"}' }]);
    expect(sent()[0]!.tools).toEqual([
      { type: 'function', function: { name: 'read', description: 'Reads a file.', parameters: JSON.parse(inputSchema) as unknown } },
    ]);
    expect(sent()[0]!.messages.slice(1)).toEqual([
      { role: 'assistant', content: '', tool_calls: [{ id: 'call-0', type: 'function', function: { name: 'list', arguments: '{}' } }] },
      { role: 'tool', content: 'a.ts', tool_call_id: 'call-0' },
    ]);
  });

  it('ends when nobody waits any more', async () => {
    const gone = Promise.withResolvers<void>();
    const stop = new AbortController();
    proxy.intercept = ({ what }, response) => {
      if (what !== CHAT) return false;
      response.on('close', () => gone.resolve());
      response.writeHead(200).write('data: {"choices":[{"delta":{"content":"word"}}]}\n\n', () => stop.abort());
      return true;
    };
    await generate({ kind: 'message', lane: 'alone', address: ADDRESS, message: 'Go on for ever.' }, stop.signal);
    await gone.promise;
  });

  it('fails with what the server says', async () => {
    proxy.intercept = ({ what }, response) => {
      if (what === CHAT) response.writeHead(429, { 'retry-after': '3' }).end();
      return what === CHAT;
    };
    const failing = generate({ kind: 'message', lane: 'alone', address: ADDRESS, message: 'Hello.' });
    await expect(failing).rejects.toMatchObject({ code: 'server-busy', args: { seconds: 3 } });
  });
});

it('what there is to know of a model is asked of the server, but no text is counted there', async () => {
  const path = settings().modelPath;
  expect(await user.connection.request('inspectModel', { path })).toMatchObject({
    name: server.model,
    architecture: 'llama.cpp',
    trainedContext: 512,
  });
  expect(await user.connection.request('listServerModels', { base: proxy.base })).toEqual({ models: [server.model] });
  const before = proxy.recorded.length;
  const { tokens } = await user.connection.request('countTokens', { text: 'const a = 1;', settings: settings() });
  expect(tokens).toBeGreaterThanOrEqual(5);
  expect(proxy.recorded).toHaveLength(before);
});
