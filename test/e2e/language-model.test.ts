import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GenerateParams, GenerateResult } from '../../src/shared/protocol/generate.ts';
import { ANSWERS_FILE, REQUESTS_FILE, RESULTS_FILE, type PreparedAnswer } from '../scripted-engine/scripted-requests.ts';
import { Consumer } from './harness/consumer.ts';
import { happens, HEARD_MS, untilHeard } from './harness/heard.ts';
import { Workbench } from './harness/workbench.ts';

/** VS Code's own chat is what is looked at here; the other tests have it hidden. */
const WITH_CHAT = { 'chat.disableAIFeatures': false };
const TOOL_WINDOW = 16_384;

/** For what is asked again and again, and is waited for each time. */
const LONGER = { timeout: 180_000 };

const ANSWERS: readonly PreparedAnswer[] = [
  { when: 'story', say: 'Once upon a time there was a cache.' },
  { when: 'Never stop', say: '/slow 5' },
  { when: 'weather', say: 'I look. ', calls: [{ id: 'call-1', name: 'weather', input: '{"city":"Rome"}' }] },
  { when: 'Sunny', say: 'It is sunny.' },
];

describe('the language model of VS Code', () => {
  let workbench: Workbench;
  let consumer: Consumer;
  beforeAll(async () => {
    workbench = await Workbench.open({ engine: 'scripted', settings: { ...WITH_CHAT, 'endless.requests.window': TOOL_WINDOW } });
    prepare(ANSWERS);
    consumer = new Consumer(workbench);
    await workbench.statusBarItem.waitFor();
  });
  afterAll(() => workbench.dispose());

  const prepare = (answers: readonly PreparedAnswer[]): void =>
    writeFileSync(join(workbench.sandbox.runDirectory, ANSWERS_FILE), JSON.stringify(answers));
  const lines = (file: string): unknown[] =>
    readFileSync(join(workbench.sandbox.runDirectory, file), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
  const lastRequest = (): GenerateParams => lines(REQUESTS_FILE).at(-1) as GenerateParams;
  const lastResult = (): GenerateResult => lines(RESULTS_FILE).at(-1) as GenerateResult;

  it('stands in the picker of the chat once the engine runs, without anybody asking for it', async () => {
    await workbench.openChat();
    await workbench.quickInput.run('Chat: Open Chat');
    const picker = workbench.page.getByRole('button', { name: 'Models, Scripted' });
    const entry = workbench.page.locator('.action-widget .monaco-list-row', { hasText: 'Scripted' });
    const hover = workbench.page.locator('.chat-model-hover', { hasText: 'Nothing that is asked leaves it.' });
    await untilHeard('the picker of models', async () => {
      // The list closes when the models are told.
      if (!(await entry.isVisible())) await happens(picker.click({ timeout: HEARD_MS }));
      // Only what comes in is a hover.
      await workbench.page.mouse.move(0, 0);
      return (await happens(entry.hover({ timeout: HEARD_MS }))) && happens(hover.waitFor({ timeout: HEARD_MS }));
    });
    await expect.poll(() => entry.innerText()).toContain('On this machine');
    await workbench.screenshot('language-model-picker');
    await workbench.page.keyboard.press('Escape');
  });

  it('is the chosen one, with the limits that it has', async () => {
    expect(await consumer.run('models')).toEqual([
      {
        id: 'endless-tiny',
        name: 'Scripted',
        family: 'llama',
        maxInputTokens: TOOL_WINDOW * 0.75,
        capabilities: { supportsImageToText: false, supportsToolCalling: true },
      },
    ]);
  });

  it('answers another extension in pieces, as it wants it and without asking for consent', async () => {
    expect(await consumer.run('ask')).toEqual({ chunks: ['Once ', 'upon ', 'a ', 'time ', 'there ', 'was ', 'a ', 'cache.'] });
    const { prompt, settings, requestWindow } = lastRequest();
    expect(prompt).toEqual({
      kind: 'messages',
      messages: [
        { role: 'user', text: 'Be brief.' },
        { role: 'user', text: 'Tell me a story.' },
      ],
      tools: [],
      mustCall: false,
    });
    expect(settings).toMatchObject({ temperature: 0, maxAnswerTokens: 40, topP: 0.95 });
    expect(requestWindow).toBe(TOOL_WINDOW);
  });

  it('stops when the other extension does not want any more', async () => {
    const { chunks } = (await consumer.run('cancel')) as { readonly chunks: readonly string[] };
    expect(chunks.length).toBeGreaterThanOrEqual(3);
    expect(chunks.length).toBeLessThanOrEqual(5);
    await expect.poll(lastResult).toMatchObject({ finish: 'stopped' });
  });

  it('counts tokens of texts and of messages', async () => {
    const { text, message } = (await consumer.run('count')) as { readonly text: number; readonly message: number };
    expect(text).toBeGreaterThan(0);
    expect(message).toBe(text);
  });

  it('calls a tool of the other extension, and is told what it gave', async () => {
    expect(await consumer.run('tool')).toMatchObject({
      call: { callId: 'call-1', name: 'weather', input: { city: 'Rome' } },
      answer: ['It ', 'is ', 'sunny.'],
    });
    const [first, second] = (lines(REQUESTS_FILE) as GenerateParams[]).slice(-2).map(({ prompt }) => prompt);
    expect(first).toMatchObject({ mustCall: true, tools: [{ name: 'weather', inputSchema: expect.stringContaining('"city"') as string }] });
    expect(second).toMatchObject({
      mustCall: false,
      messages: [
        { role: 'user', text: 'What is the weather in Rome?' },
        { role: 'assistant', text: '', calls: [{ id: 'call-1', name: 'weather', input: '{"city":"Rome"}' }] },
        { role: 'tool', callId: 'call-1', text: 'Sunny, 25 degrees' },
      ],
    });
  });

  it('says in words what it cannot read', async () => {
    expect(await consumer.run('picture')).toEqual({
      failure: { name: 'LanguageModelError', code: '', message: 'Models in Endless read text only. Send the request without pictures.' },
    });
  });

  it('says in words what keeps it from answering', async () => {
    prepare([{ when: 'story', say: '/fail out-of-memory' }]);
    expect(await consumer.run('ask')).toMatchObject({ failure: { message: expect.stringContaining('not enough memory') as string } });
  });

  it('is gone when its file is broken, and VS Code says why where models are managed', async () => {
    await workbench.changeSettings({ 'endless.model.path': '/models/fail-model-truncated.gguf' });
    await expect.poll(() => consumer.run('models'), LONGER).toEqual([]);
    await workbench.quickInput.run('Chat: Manage Language Models');
    await workbench.page.getByText('fail-model-truncated.gguf is cut short').first().waitFor();
    await workbench.screenshot('language-model-broken');
    await workbench.page.keyboard.press('Escape');
  });

  it('is gone when no model is chosen', async () => {
    await workbench.changeSettings({ 'endless.model.path': '' });
    await expect.poll(() => consumer.run('models'), LONGER).toEqual([]);
    expect(await consumer.run('ask')).toMatchObject({ failure: { message: 'There is no model.' } });
  });

  it('says in words that the engine has ended in the middle of an answer', async () => {
    prepare([{ when: 'story', say: '/slow 5' }]);
    await workbench.changeSettings({ 'endless.model.path': 'bundled' });
    await expect.poll(() => consumer.run('models'), LONGER).toHaveLength(1);
    const before = lines(REQUESTS_FILE).length;
    const told = consumer.run('ask');
    await expect.poll(() => lines(REQUESTS_FILE).length).toBe(before + 1);
    process.kill(await workbench.sandbox.enginePid(), 'SIGKILL');
    expect(await told).toMatchObject({ failure: { message: expect.stringContaining('The engine stopped unexpectedly.') as string } });
  });
});

describe('the language model of VS Code, with the bundled model', () => {
  let workbench: Workbench;
  let consumer: Consumer;
  beforeAll(async () => {
    workbench = await Workbench.open({ engine: 'real', settings: WITH_CHAT });
    consumer = new Consumer(workbench);
    await workbench.statusBarItem.waitFor();
  });
  afterAll(() => workbench.dispose());

  it('is named after it, and promises no tools that it cannot use', async () => {
    expect(await consumer.run('models')).toMatchObject([
      { id: 'endless-tiny', name: 'endless-tiny', capabilities: { supportsToolCalling: false } },
    ]);
    expect(await consumer.run('tool')).toMatchObject({ failure: { message: expect.stringContaining('16384 tokens') as string } });
  });

  it('answers another extension in pieces, no longer than it wants', async () => {
    const { chunks } = (await consumer.run('ask')) as { readonly chunks: readonly string[] };
    expect(chunks.length).toBeGreaterThan(1);
    expect(chunks.length).toBeLessThanOrEqual(40);
    expect(chunks.join('').trim()).not.toBe('');
  });

  it('counts tokens as the model does', async () => {
    const { text, message } = (await consumer.run('count')) as { readonly text: number; readonly message: number };
    expect(text).toBeGreaterThanOrEqual(3);
    expect(message).toBe(text);
  });
});
