import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ChatSlot } from '../../src/engine/conversation/chat-slot.ts';
import { Conversation } from '../../src/engine/conversation/conversation.ts';
import { CheckpointFiles } from '../../src/engine/memory/checkpoint-files.ts';
import { Transcript } from '../../src/engine/memory/transcript.ts';
import { ModelSlot } from '../../src/engine/model/model-slot.ts';
import { ServerAccess } from '../../src/engine/model/remote/server-access.ts';
import { ShiftTrials } from '../../src/engine/model/shift-trial.ts';
import { Precedence } from '../../src/engine/precedence.ts';
import { RequestContext } from '../../src/engine/requests/request-context.ts';
import { Requester } from '../../src/engine/requests/requester.ts';
import type { EngineSettings } from '../../src/shared/protocol/engine-settings.ts';
import type { GenerateParams, GenerateResult } from '../../src/shared/protocol/generate.ts';
import type { ChatMessage, RequestStage } from '../../src/shared/protocol/requests.ts';
import { DEFAULT_SETTINGS, enginePreferences } from '../../src/shared/settings.ts';
import { RAMBLING, testSettings } from './bundled-model.ts';
import { ADDRESS, EnginePlace, Participant, TALKATIVE } from './engine-process.ts';

let place: EnginePlace;
let user: Participant;
let stages: RequestStage[];
let texts: string[];

beforeEach(async () => {
  place = new EnginePlace({ preload: [TALKATIVE] });
  user = new Participant(await place.connect());
  await user.open();
  [stages, texts] = [[], []];
  user.connection.onEvent('requestStage', ({ stage }) => stages.push(stage));
  user.connection.onEvent('requestText', ({ text }) => texts.push(text));
});
afterEach(async () => {
  user.connection.close();
  await place.close();
});

async function generate(
  prompt: GenerateParams['prompt'],
  settings: Partial<EngineSettings> = {},
  { signal, requestWindow = 512 }: { readonly signal?: AbortSignal; readonly requestWindow?: number } = {},
): Promise<GenerateResult> {
  const id = crypto.randomUUID();
  return user.connection.request('generate', { id, prompt, settings: testSettings(settings), requestWindow }, signal);
}

async function oneConversationInMemory(): Promise<void> {
  await user.connection.request('prefer', { preferences: { ...enginePreferences(DEFAULT_SETTINGS), residents: 1 } });
}

const beside = (message: string): GenerateParams['prompt'] => ({ kind: 'message', lane: 'beside', address: ADDRESS, message });
const alone = (...messages: ChatMessage[]): GenerateParams['prompt'] => ({ kind: 'messages', messages, tools: [], mustCall: false });
const says = (text: string): ChatMessage => ({ role: 'user', text });

describe('a request beside the conversation', () => {
  it('is answered, and the conversation is what it was', async () => {
    await user.askAndSettle('What does map do?');
    const before = user.status!;
    const answer = await generate(beside('Write a function that adds two numbers.'));
    expect(answer).toMatchObject({ lane: 'beside', finish: expect.stringMatching(/end|length/) as string });
    expect(answer.change).toBeUndefined();
    expect(texts.join('')).toBe(answer.text);
    expect(answer.text).not.toBe('');
    expect(answer.stats.answerTokens).toBeLessThanOrEqual(24);
    await user.askAndSettle('What does filter do?');
    const { cache, stats } = user.status!;
    expect(cache!.segments.map(({ turnId }) => turnId).filter((id) => id !== undefined)).toEqual([1, 2]);
    expect(cache!.segments.slice(0, 2)).toEqual(before.cache!.segments);
    expect(stats.decodedTokens).toBe(stats.appendedTokens);
    expect(stats.evictionsToday).toBe(0);
    expect((await user.open()).map(({ message }) => message)).toEqual(['What does map do?', 'What does filter do?']);
  });

  it('fills the cache from the transcript when the conversation is not there', async () => {
    await user.askAndSettle('What does map do?');
    await user.askAndSettle('And now?');
    const rebuilds = user.status!.stats.rebuildsToday;
    await generate(beside('Write a function.'), { systemPrompt: 'Be brief.' });
    await user.until(() => user.status!.stats.rebuildsToday > rebuilds && user.status!.activity.kind === 'idle');
    expect(user.status!.cache!.segments.map(({ turnId }) => turnId).filter((id) => id !== undefined)).toEqual([1, 2]);
    expect(user.status!.evictedUpTo).toBe(0);
  });

  it('makes no other conversation leave the cache', async () => {
    await oneConversationInMemory();
    await user.askAndSettle('What does map do?');
    const other = new Participant(user.connection, { conversationId: 'other' });
    await other.open();
    await other.askAndSettle('Hello');
    expect(await generate(beside('Write a function.'))).toMatchObject({ lane: 'alone', change: 'elsewhere' });
    await other.askAndSettle('And now?');
    expect(other.status!.stats.rebuildsToday).toBe(0);
  });

  it('changes no instructions: those that are pinned stay until the next message', async () => {
    const settings = testSettings({ instructions: 'Use tabs.' });
    await user.ask('Hello', settings);
    await generate(beside('Write a function.'));
    expect((await user.segments()).map(({ kind }) => kind)).toEqual(['sink', 'pinned', 'turn']);
  });

  it('fifty times beside a conversation that has filled its window leaves it as it was', async () => {
    while ((user.status?.stats.evictionsToday ?? 0) < 2)
      await user.askAndSettle('What does map do with the elements of a list? '.repeat(2));
    const { cache, stats } = user.status!;
    for (let request = 0; request < 50; request++) {
      const answer = await generate(beside(`Change this: const a${request} = 1;`), { maxAnswerTokens: 8 });
      expect(answer.lane).toBe('beside');
    }
    await user.until(() => user.status!.activity.kind === 'idle');
    expect(user.status!.cache).toEqual(cache);
    expect(user.status!.stats).toMatchObject({ evictionsToday: stats.evictionsToday, decodedTokens: stats.decodedTokens });
  });

  it('runs without the conversation when there is no room behind it, and says so', async () => {
    const answer = await generate(beside('What does map do? '.repeat(110)), {}, { requestWindow: 1024 });
    expect(answer).toMatchObject({ lane: 'alone', change: 'no-room' });
    expect(answer.text).not.toBe('');
  });

  it('says nothing of a change of lanes as long as there is nothing to know', async () => {
    await oneConversationInMemory();
    const other = new Participant(user.connection, { conversationId: 'other' });
    await other.open();
    await other.askAndSettle('Hello');
    const answer = await generate(beside('Write a function.'));
    expect(answer.lane).toBe('alone');
    expect(answer.change).toBeUndefined();
  });

  it('knows only how the conversation begins when the user wants it so', async () => {
    await user.askAndSettle('What does map do?');
    const prompt = { kind: 'message', lane: 'alone', address: ADDRESS, message: 'Write a function.' } as const;
    const answer = await generate(prompt, { systemPrompt: 'Be brief.', instructions: 'Use tabs.' });
    const told = await generate(alone({ role: 'system', text: 'Be brief.\n\nUse tabs.' }, says('Write a function.')));
    expect(answer).toMatchObject({ lane: 'alone', text: told.text });
    expect(answer.change).toBeUndefined();
  });

  it('waits for the answer that is running', async () => {
    const id = await user.send('Hello', RAMBLING);
    await user.until(() => user.texts.some(({ turnId }) => turnId === id));
    const answer = generate(beside('Write a function.'));
    await expect.poll(() => stages).toEqual([{ kind: 'waiting' }]);
    await user.connection.request('stop', { address: ADDRESS });
    expect((await answer).lane).toBe('beside');
    expect(user.turns.get(id)?.state).toBe('stopped');
  });

  it('need not wait when nobody wants it any more', async () => {
    const directory = join(place.directory, 'data');
    const transcript = Transcript.open(directory, 'waiting');
    const slot = new ChatSlot({
      model: new ModelSlot(),
      log: () => undefined,
      trials: new ShiftTrials(directory, ''),
      precedence: new Precedence(),
      contexts: () => [],
      onContexts: () => undefined,
      onDeviceLost: () => undefined,
      freed: () => undefined,
      cuda: () => undefined,
      access: new ServerAccess(),
      mostSeats: () => 1,
      saveAfterMs: () => 0,
    });
    const files = new CheckpointFiles(directory);
    const conversation = new Conversation({
      address: { conversationId: 'waiting' },
      transcript,
      files,
      slot,
      broadcast: () => undefined,
      mostCheckpointBytes: () => 0,
    });
    const answering = Promise.withResolvers<void>();
    const answered = slot.exclusively(() => answering.promise);
    const listener = { onStage: () => undefined, onText: () => undefined };
    const answer = await conversation.aside('Write a function.', testSettings(), listener, AbortSignal.abort());
    expect(answer).toMatchObject({ text: '', finish: 'stopped' });
    answering.resolve();
    await answered;
    conversation.close();
  });

  it('ends with its window, and leaves the conversation as it was', async () => {
    await user.askAndSettle('What does map do?');
    const { cache } = user.status!;
    const other = await place.connect('second window');
    const prompt = beside('Write a long text.');
    const begun = Promise.withResolvers<void>();
    other.onEvent('requestText', () => begun.resolve());
    const asked = other.request('generate', { id: 'x', prompt, settings: testSettings(RAMBLING), requestWindow: 512 });
    await begun.promise;
    other.close();
    await expect(asked).rejects.toMatchObject({ code: 'engine-crashed' });
    // It waits for what runs.
    await generate(beside('Hello'));
    expect(user.status!.cache).toEqual(cache);
  });

  it('ends when nobody wants it any more, and the conversation goes on', async () => {
    await user.askAndSettle('What does map do?');
    const controller = new AbortController();
    user.connection.onEvent('requestText', () => controller.abort());
    const answer = await generate(beside('Write a long text.'), RAMBLING, { signal: controller.signal });
    expect(answer.finish).toBe('stopped');
    expect(answer.text).not.toBe('');
    const { stats } = user.status!;
    await user.askAndSettle('Go on.');
    expect(user.status!.stats.rebuildsToday).toBe(stats.rebuildsToday);
    expect(user.status!.stats.decodedTokens).toBe(user.status!.stats.appendedTokens);
  });
});

describe('a request on its own', () => {
  it('needs no conversation, and leaves none', async () => {
    const answer = await generate(alone({ role: 'system', text: 'You are Endless.' }, says('Write a function that adds two numbers.')));
    expect(answer.lane).toBe('alone');
    expect(texts.join('')).toBe(answer.text);
    expect(stages.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['loading', 'prefill', 'generating']));
    expect(await user.open()).toEqual([]);
  });

  it('reads again only what is new when it goes on', async () => {
    const question = says('What does map do? '.repeat(5));
    const first = await generate(alone(question));
    const second = await generate(alone(question, { role: 'assistant', text: first.text, calls: [] }, says('And filter?')));
    expect(first.stats.reusedTokens).toBe(0);
    expect(second.stats.reusedTokens).toBeGreaterThanOrEqual(first.stats.promptTokens - 2);
  });

  it('is answered the same, whatever was asked before', async () => {
    const once = await generate(alone(says('What does map do?')));
    await generate(alone(says('Write a function.')));
    const again = await generate(alone(says('What does map do?')));
    expect(again.text).toBe(once.text);
  });

  it('is refused when it does not fit, before it is read', async () => {
    const refused = generate(alone(says('const a = 1; '.repeat(200))), {}, { requestWindow: 256 });
    await expect(refused).rejects.toMatchObject({ code: 'message-too-long' });
    await expect(generate(alone(says('Hello')), {}, { requestWindow: 256 })).resolves.toMatchObject({ lane: 'alone' });
  });

  it('does not wait for the chat', async () => {
    await generate(alone(says('Hello')));
    const id = await user.send('Write a long text', RAMBLING);
    await user.until(() => user.turns.get(id)?.state === 'running');
    await generate(alone(says('Write a function.')), { maxAnswerTokens: 4 });
    expect(user.turns.get(id)?.state).toBe('running');
    await user.connection.request('stop', { address: ADDRESS });
    await user.ended(id);
  });

  it('ends when nobody wants it any more, and so when its window is closed', async () => {
    const controller = new AbortController();
    user.connection.onEvent('requestText', () => controller.abort());
    const answer = await generate(alone(says('Write a long text.')), RAMBLING, { signal: controller.signal });
    expect(answer.finish).toBe('stopped');
    const other = await place.connect('second window');
    const endless = {
      id: 'x',
      prompt: alone(says('Write a long text.')),
      settings: testSettings(RAMBLING),
      requestWindow: 512,
    };
    const begun = Promise.withResolvers<void>();
    other.onEvent('requestText', () => begun.resolve());
    const given = other.request('generate', endless);
    await begun.promise;
    other.close();
    await expect(given).rejects.toMatchObject({ code: 'engine-crashed' });
    // The context is still there: what is asked again has been read.
    const { stats } = await generate(alone(says('Write a long text.')));
    expect(stats.reusedTokens).toBeGreaterThan(0);
  });

  it('on another model waits for the answer that runs on this one', async () => {
    await user.askAndSettle('Hello');
    const id = await user.send('Write a long text', RAMBLING);
    await user.until(() => user.texts.some(({ turnId }) => turnId === id));
    const answer = generate(alone(says('Hello')), { modelPath: resolve('models/endless-tiny-vanilla.gguf') });
    await expect.poll(() => stages).toEqual([{ kind: 'waiting' }]);
    await user.connection.request('stop', { address: ADDRESS });
    expect((await answer).lane).toBe('alone');
    expect(user.turns.get(id)?.state).toBe('stopped');
  });

  it('that has to call a tool and does not is no answer', async () => {
    const tools = [
      { name: 'read_file', description: 'Reads a file.', inputSchema: '{"type":"object","properties":{"path":{"type":"string"}}}' },
    ];
    const prompt = { kind: 'messages', messages: [says('Hello')], tools, mustCall: true } as const;
    await expect(generate({ ...prompt, messages: [...prompt.messages] })).rejects.toMatchObject({ code: 'tool-not-called' });
  });
});

describe('the context of requests', () => {
  it('is freed when nobody has asked for a while', async () => {
    const model = new ModelSlot();
    const load = { log: (): void => undefined };
    const requester = new Requester({ model, precedence: new Precedence(), load, access: new ServerAccess(), idleMs: 1 });
    const settings = testSettings();
    const listener = { onStage: (): void => undefined, onText: (): void => undefined };
    let contexts = 0;
    const spied = vi.spyOn(RequestContext.prototype, 'dispose').mockImplementationOnce(async function (this: RequestContext) {
      contexts++;
      spied.mockRestore();
      await this.dispose();
    });
    await requester.answer({ messages: [says('Hello')], tools: [], settings }, 256, listener, new AbortController().signal);
    await expect.poll(() => contexts).toBe(1);
    const again = await requester.answer({ messages: [says('Hello')], tools: [], settings }, 256, listener, new AbortController().signal);
    expect(again.stats.reusedTokens).toBe(0);
    requester.close();
    await model.unload();
  });
});

describe('tokens', () => {
  it('are counted as the model makes them', async () => {
    const count = async (text: string): Promise<number> =>
      (await user.connection.request('countTokens', { text, settings: testSettings() })).tokens;
    expect(await count('')).toBe(0);
    expect(await count('function add(a, b) { return a + b; }')).toBeGreaterThan(8);
    // What looks like a control token is a text like any other.
    expect(await count('<|im_end|>')).toBeGreaterThan(1);
  });
});
