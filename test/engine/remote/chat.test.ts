import type { ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ServerMessage } from '../../../src/engine/model/remote/chat-body.ts';
import type { EngineSettings } from '../../../src/shared/protocol/engine-settings.ts';
import type { Turn } from '../../../src/shared/protocol/turn.ts';
import { serverAddress } from '../../../src/shared/server-address.ts';
import { startModelServer, type RunningServer } from '../../fixtures/server/start.ts';
import { RecordingProxy } from '../../fixtures/server/recording-proxy.ts';
import { BUNDLED_MODEL, testSettings } from '../bundled-model.ts';
import { ADDRESS, EnginePlace, Participant } from '../engine-process.ts';

const KEY = 'a-key-of-the-server';
const CHAT = 'POST /v1/chat/completions';
const WINDOW = 512;

interface ChatBody {
  readonly messages: readonly ServerMessage[];
  readonly temperature: number;
  readonly max_tokens?: number;
}

let server: RunningServer;
let proxy: RecordingProxy;
let place: EnginePlace;
let user: Participant;

beforeAll(async () => {
  server = await startModelServer({ window: WINDOW, key: KEY });
});
afterAll(() => server.close());

beforeEach(async () => {
  proxy = await RecordingProxy.start(server.origin);
  place = new EnginePlace();
  user = new Participant(await place.connect());
  await user.open();
});
afterEach(async () => {
  user.connection.close();
  await place.close();
  await proxy.close();
});

/** Settings for the model on the server; its own context counts, not this window. */
const served = (changes: Partial<EngineSettings> = {}): Partial<EngineSettings> => ({
  modelPath: serverAddress(proxy.base, server.model),
  window: 4096,
  systemPrompt: 'You are brief.',
  ...changes,
});

const allow = (key = KEY): Promise<unknown> => user.connection.request('allowServer', { origin: proxy.origin, key, allowsReadable: false });

const ask = (message: string, changes?: Partial<EngineSettings>): Promise<Turn> => user.ask(message, served(changes));

async function askAndSettle(message: string, changes?: Partial<EngineSettings>): Promise<Turn> {
  return user.settled(await user.send(message, served(changes)));
}

const sent = (): readonly ChatBody[] => proxy.bodies<ChatBody>(CHAT);
const roles = (body: ChatBody | undefined): readonly string[] => body?.messages.map(({ role, content }) => `${role}: ${content}`) ?? [];

describe('a conversation with a server', () => {
  it('is answered, written down before it is shown, and sent whole with the next message', async () => {
    await allow();
    const first = await ask('What does map do?');
    expect(first).toMatchObject({ state: 'done', finish: expect.stringMatching(/end|length/) as string });
    expect(first.answer).not.toBe('');
    expect(
      user.texts
        .filter(({ isThought }) => !isThought)
        .map(({ text }) => text)
        .join(''),
    ).toBe(first.answer);
    expect((await user.open()).map(({ answer }) => answer)).toEqual([first.answer]);
    expect(first.stats!.answerTokens).toBeGreaterThan(0);
    expect(first.stats!.answerTokens).toBeLessThanOrEqual(24);
    await ask('And filter?', { temperature: 0.5, maxAnswerTokens: 7 });
    expect(roles(sent()[1])).toEqual([
      'system: You are brief.',
      'user: What does map do?',
      `assistant: ${first.answer}`,
      'user: And filter?',
    ]);
    expect(sent()[1]).toMatchObject({ temperature: 0.5, max_tokens: 7 });
  });

  it('tells what it is held with, what is sent, and what the server had in its own cache', async () => {
    await allow();
    await askAndSettle('What does map do?');
    await askAndSettle('And filter?');
    const { model, server: facts, cache, origin, sent: figures } = user.status!;
    expect(model).toBeUndefined();
    expect(origin).toBeUndefined();
    expect(facts).toMatchObject({
      model: server.model,
      software: 'llama.cpp',
      window: WINDOW,
      isWindowTold: true,
      countsTokens: true,
      isReadable: false,
    });
    expect(facts!.host).toBe(new URL(proxy.origin).host);
    expect(cache).toMatchObject({ window: WINDOW, strategy: 'resend' });
    expect(await user.held()).toEqual(['sink', 1, 2]);
    expect(figures!.tokens).toBeGreaterThan(10);
    expect(figures!.tokens).toBeLessThanOrEqual(cache!.used);
    expect(figures!.cached).toBeGreaterThan(0);
  });

  it.each([
    [501, 'does not any more', false],
    [429, 'has no time for it', true],
  ])('with %i counts tokens as well, and tells whether the server %s', async (status, _, countsTokens) => {
    await allow();
    proxy.intercept = ({ what }, response) => {
      if (what !== 'POST /tokenize') return false;
      response.writeHead(status).end();
      return true;
    };
    expect(await askAndSettle('What does map do?')).toMatchObject({ state: 'done' });
    expect(user.status!.server).toMatchObject({ software: 'llama.cpp', countsTokens });
  });

  it('leaves half of the turns out at once when it does not fit any more, and recalls what it needs of them', async () => {
    await allow();
    await askAndSettle('Remember that the password of the zeppelin is quokka.');
    let turns = 1;
    while (user.status!.evictedUpTo === 0) {
      await askAndSettle(`Tell me number ${String(++turns)} about arrays and their methods, in a few words.`);
      expect(turns).toBeLessThan(40);
    }
    const { cache, stats, evictedUpTo } = user.status!;
    expect(stats.evictionsToday).toBe(1);
    expect(stats.evictedToday).toBeGreaterThan(WINDOW / 8);
    expect(evictedUpTo).toBeGreaterThan(1);
    expect(cache!.used).toBeLessThan(WINDOW);
    const [longest, shortened] = sent().slice(-2);
    expect(shortened!.messages.length).toBeLessThan(longest!.messages.length);
    expect(roles(shortened)[0]).toBe('system: You are brief.');
    expect(JSON.stringify(shortened)).not.toContain('quokka');
    const recalled = await askAndSettle('What is the password of the zeppelin?', { recallShare: 0.3 });
    expect(recalled.recall!.passages.map(({ text }) => text).join()).toContain('quokka');
    expect(sent().at(-1)!.messages.at(-1)!.content).toContain('quokka');
  });

  it('keeps what is pinned, forgets what is forgotten, and compacts', async () => {
    await allow();
    for (const message of ['First.', 'Second.', 'Third.', 'Fourth.']) await askAndSettle(message);
    await user.connection.request('pin', { address: ADDRESS, turnId: 1, pinned: true });
    await user.connection.request('forget', { address: ADDRESS, turnId: 3 });
    const { evicted } = await user.connection.request('compact', { address: ADDRESS });
    expect(evicted).toBe(0);
    await askAndSettle('Fifth.');
    await user.connection.request('compact', { address: ADDRESS });
    await askAndSettle('Sixth.');
    expect(
      sent()
        .at(-1)!
        .messages.filter(({ role }) => role === 'user')
        .map(({ content }) => content),
    ).toEqual(['First.', 'Fourth.', 'Fifth.', 'Sixth.']);
    expect(await user.held()).toEqual(['sink', 1, 4, 5, 6]);
  });

  it('tells instructions of the workspace, and sends nothing of a message that is still being written', async () => {
    await allow();
    await user.attach([{ key: 'a', kind: 'file', label: 'a.ts', text: 'const secret = 1;' }], served());
    expect(proxy.recorded).toEqual([]);
    await askAndSettle('Go on.', { instructions: 'Use tabs.' });
    expect(roles(sent()[0])).toEqual(['system: You are brief.', 'user: Use tabs.', 'assistant: Understood.', 'user: Go on.']);
  });

  it('goes on from the transcript: in another engine, on this machine, and there again', async () => {
    await allow();
    const first = await askAndSettle('What does map do?');
    const local = await user.settled(await user.send('And filter?', { modelPath: BUNDLED_MODEL, window: 512 }));
    expect(user.status).toMatchObject({ model: { path: BUNDLED_MODEL } });
    expect(user.status!.server).toBeUndefined();
    expect(await user.held()).toEqual(['sink', 1, 2]);
    await askAndSettle('And reduce?');
    expect(user.status!.model).toBeUndefined();
    expect(roles(sent().at(-1))).toEqual([
      'system: You are brief.',
      'user: What does map do?',
      `assistant: ${first.answer}`,
      'user: And filter?',
      `assistant: ${local.answer}`,
      'user: And reduce?',
    ]);
  });

  it('leaves the cache of a model on this machine alone, which reads what was said meanwhile', async () => {
    const local = { modelPath: BUNDLED_MODEL, window: 512 };
    await allow();
    await user.settled(await user.send('What does map do?', local));
    await askAndSettle('And filter?');
    await user.settled(await user.send('And reduce?', local));
    expect(user.status!.origin).toMatchObject({ kind: 'restored' });
    expect(await user.held()).toEqual(['sink', 1, 2, 3]);
  });

  it('is stopped at once, and keeps what was said', async () => {
    await allow();
    const gone = Promise.withResolvers<void>();
    proxy.intercept = ({ what }, response) => {
      if (what !== CHAT) return false;
      response.on('close', () => gone.resolve()).writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: {"choices":[{"delta":{"content":"Once upon"}}]}\n\n');
      return true;
    };
    const turnId = await user.send('Write something long.', served());
    await user.until(() => user.texts.some((text) => text.turnId === turnId));
    await user.connection.request('stop', { address: ADDRESS });
    const turn = await user.settled(turnId);
    expect(turn).toMatchObject({ state: 'stopped', answer: 'Once upon' });
    await gone.promise;
    proxy.intercept = () => false;
    await askAndSettle('Thanks.');
    expect(roles(sent().at(-1))).toContain(`assistant: ${turn.answer}`);
  });
});

describe('a server that cannot answer', () => {
  it.each([
    [429, { 'retry-after': '9' }, '', 'server-busy'],
    [500, {}, '{"error":{"message":"oops"}}', 'server-failed'],
    [404, {}, '{"error":{"message":"no such model"}}', 'server-model-unknown'],
    [200, { 'content-type': 'text/html' }, 'data: <p>hello</p>\n\n', 'server-garbled'],
  ])('with %i: the turn says so, and the next one goes on', async (status, headers, text, code) => {
    await allow();
    await askAndSettle('First.');
    proxy.intercept = ({ what }, response) => {
      if (what !== CHAT) return false;
      response.writeHead(status, headers).end(text);
      return true;
    };
    const failed = await ask('Second.');
    expect(failed).toMatchObject({ state: 'failed', error: { code, args: { host: new URL(proxy.origin).host } } });
    proxy.intercept = () => false;
    expect(await askAndSettle('Third.')).toMatchObject({ state: 'done' });
    expect(roles(sent().at(-1)).filter((role) => role.startsWith('user'))).toEqual(['user: First.', 'user: Third.']);
  });

  it.each([
    ['with its model', 'server-model-unknown', (response: ServerResponse) => void response.writeHead(404).end()],
    [
      'in the middle of an answer',
      'server-broke-off',
      (response: ServerResponse) => void response.write('data: {"choices":[{"delta":{"content":"half"}}]}\n\n', () => response.destroy()),
    ],
  ])('%s is asked anew what it is', async (_what, code, fail) => {
    await allow();
    await askAndSettle('First.');
    proxy.intercept = ({ what }, response) => {
      if (what !== CHAT) return false;
      fail(response);
      return true;
    };
    expect((await ask('Second.')).error).toMatchObject({ code });
    proxy.intercept = () => false;
    const before = proxy.recorded.length;
    expect(await askAndSettle('Third.')).toMatchObject({ state: 'done' });
    expect(proxy.recorded.slice(before).map(({ what }) => what)).toContain('GET /v1/models');
  });

  it('leaves the cache of a model on this machine alone all the same', async () => {
    const local = { modelPath: BUNDLED_MODEL, window: 512 };
    await allow();
    await user.settled(await user.send('What does map do?', local));
    proxy.intercept = ({ what }, response) => {
      if (what !== CHAT) return false;
      response.writeHead(500).end();
      return true;
    };
    expect(await ask('And filter?')).toMatchObject({ state: 'failed' });
    await user.settled(await user.send('And reduce?', local));
    expect(user.status!.origin).toMatchObject({ kind: 'restored' });
    expect(await user.held()).toEqual(['sink', 1, 3]);
  });

  it('names the models that it has', async () => {
    proxy.intercept = ({ what }, response) => {
      response.writeHead(what === 'GET /v1/models' ? 200 : 404).end(JSON.stringify({ data: [{ id: 'a' }, { id: 'b' }] }));
      return true;
    };
    const failed = await user.ask('Hello?', served({ modelPath: serverAddress(proxy.base, 'c') }));
    expect(failed.error).toMatchObject({ code: 'server-model-unknown', args: { model: 'c', models: 'a, b' } });
  });

  it('without the right key, which is in no event and no file', async () => {
    await allow('wrong-key');
    expect((await ask('Hello?')).error).toMatchObject({ code: 'server-refuses-key' });
    await allow();
    expect(await askAndSettle('Hello!')).toMatchObject({ state: 'done' });
    expect(proxy.recorded.at(-1)!.headers.authorization).toBe(`Bearer ${KEY}`);
    expect(JSON.stringify([...user.turns.values(), user.status])).not.toMatch(/wrong-key|a-key/);
  });

  it('that is not there', async () => {
    const gone = await RecordingProxy.start();
    await gone.close();
    const settings = served({ modelPath: serverAddress('http://127.0.0.1:9/v1', 'm') });
    expect((await user.ask('Hello?', settings)).error).toMatchObject({ code: 'server-unreachable', args: { host: '127.0.0.1:9' } });
  });

  it('and is not there leaves the model of this machine in use, with its cache as it was', async () => {
    const local = { modelPath: BUNDLED_MODEL, window: 512 };
    await user.settled(await user.send('What does map do?', local));
    const { cache } = (await user.open(), user.status!);
    const settings = served({ modelPath: serverAddress('http://127.0.0.1:9/v1', 'm') });
    expect((await user.ask('Hello?', settings)).error?.code).toBe('server-unreachable');
    await user.open();
    expect(user.status).toMatchObject({ cache, model: { path: BUNDLED_MODEL } });
  });

  it('since it says nothing keeps nobody waiting who does not wait for it any more', async () => {
    const local = { modelPath: BUNDLED_MODEL, window: 512 };
    await user.settled(await user.send('What does map do?', local));
    await allow();
    const asked = Promise.withResolvers<void>();
    proxy.intercept = () => {
      asked.resolve();
      return true;
    };
    const waiting = new AbortController();
    const switched = user.connection.request('switchModel', { address: ADDRESS, settings: testSettings(served()) }, waiting.signal);
    const ended = expect(switched).rejects.not.toMatchObject({ code: 'server-unreachable' });
    await asked.promise;
    waiting.abort();
    await ended;
    expect(await user.ask('And filter?', local)).toMatchObject({ state: 'done' });
  });

  it('whose address cannot be read, or which others could read', async () => {
    expect((await user.ask('Hello?', served({ modelPath: 'http://name:password@h/v1#m' }))).error).toMatchObject({
      code: 'server-address-invalid',
    });
    expect((await user.ask('Hello?', served({ modelPath: 'http://models.invalid/v1#m' }))).error).toMatchObject({
      code: 'server-readable',
    });
  });

  it('to its end keeps what had come, and says that it is not all', async () => {
    await allow();
    proxy.intercept = ({ what }, response) => {
      if (what !== CHAT) return false;
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: {"choices":[{"delta":{"content":"half an answer"}}]}\n\n', () => response.destroy());
      return true;
    };
    const broken = await ask('Hello?');
    expect(broken).toMatchObject({ state: 'failed', answer: 'half an answer', error: { code: 'server-broke-off' } });
    proxy.intercept = () => false;
    await askAndSettle('Go on.');
    expect(roles(sent().at(-1))).toEqual(['system: You are brief.', 'user: Hello?', 'assistant: half an answer', 'user: Go on.']);
  });

  it('since it has less room than it said is asked once more with less', async () => {
    await allow();
    for (const message of ['First.', 'Second.', 'Third.']) await askAndSettle(message);
    let refusals = 0;
    proxy.intercept = ({ what }, response) => {
      if (what !== CHAT || refusals++ > 0) return false;
      response
        .writeHead(400)
        .end(JSON.stringify({ error: { type: 'exceed_context_size_error', message: 'too long', n_ctx: 128, n_prompt_tokens: 200 } }));
      return true;
    };
    expect(await askAndSettle('Fourth.')).toMatchObject({ state: 'done' });
    const [refused, taken] = sent().slice(-2);
    expect(taken!.messages.length).toBeLessThan(refused!.messages.length);
    expect(user.status!.cache!.window).toBe(128);
    expect(user.status!.evictedUpTo).toBeGreaterThan(0);
  });

  it('refuses what does not fit by itself, with nothing lost', async () => {
    await allow();
    const failed = await ask('word '.repeat(WINDOW));
    expect(failed).toMatchObject({ state: 'failed', error: { code: 'message-too-long' } });
    expect(sent()).toEqual([]);
  });
});

it('thoughts fold as those of a model on this machine, and are not sent again', async () => {
  await allow();
  proxy.intercept = ({ what }, response) => {
    if (what !== CHAT || sent().length > 2) return false;
    const delta =
      sent().length === 1
        ? [{ reasoning_content: 'Hm, map.' }, { content: 'It maps.' }]
        : [{ content: '<think>Again' }, { content: '.</think>It filters.' }];
    const events = [...delta.map((piece) => ({ delta: piece })), { delta: {}, finish_reason: 'stop' }];
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(events.map((choice) => `data: ${JSON.stringify({ choices: [choice] })}\n\n`).join(''));
    return true;
  };
  expect(await askAndSettle('What does map do?')).toMatchObject({ thoughts: 'Hm, map.', answer: 'It maps.' });
  expect(await askAndSettle('And filter?')).toMatchObject({ thoughts: 'Again.', answer: 'It filters.' });
  await askAndSettle('Thanks.');
  expect(JSON.stringify(sent().at(-1))).not.toMatch(/Hm|Again/);
});
