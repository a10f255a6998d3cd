import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChatView } from './harness/chat-view.ts';
import { SecondClient } from './harness/second-client.ts';
import { Workbench } from './harness/workbench.ts';

/** Long answers: every token is about as likely as any other, the one that ends a turn included. */
const RAMBLING = { 'endless.chat.temperature': 2, 'endless.chat.topK': 0, 'endless.chat.topP': 1, 'endless.chat.minP': 0 };

describe('an engine that is killed in the middle of an answer', () => {
  let workbench: Workbench;
  let chat: ChatView;
  beforeAll(async () => {
    workbench = await Workbench.open({ engine: 'real', settings: RAMBLING });
    chat = await workbench.openChat();
  });
  afterAll(() => workbench.dispose());

  it('is started again, what was written is kept, and the chat goes on', async () => {
    await expect.poll(() => workbench.sandbox.hasEngine()).toBe(true);
    const killed = await workbench.sandbox.enginePid();
    using client = await SecondClient.attach(workbench.sandbox);
    client.connection.onEvent('text', () => process.kill(killed, 'SIGKILL'));
    await chat.send('Tell me a long story.');

    await chat.answerWithState('interrupted').waitFor();
    expect(await chat.lastAnswer.locator('endless-answer').innerText()).toMatch(/\S/);
    await workbench.screenshot('interrupted');

    await chat.ask('Go on.');
    expect(await workbench.sandbox.enginePid()).not.toBe(killed);
    using again = await SecondClient.attach(workbench.sandbox);
    const { turns } = await again.snapshot();
    expect(turns.map(({ state }) => state)).toEqual(['interrupted', 'done']);
  });
});
