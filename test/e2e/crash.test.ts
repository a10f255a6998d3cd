import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engineSnapshot } from './harness/engine-status.ts';
import type { ChatView } from './harness/chat-view.ts';
import { Workbench } from './harness/workbench.ts';

/** Answers that go on until they are stopped: every token is about as likely as any other. */
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
    await chat.send('Tell me a long story.');
    await expect.poll(async () => (await chat.lastAnswer.innerText()).length).toBeGreaterThan(50);
    const killed = await workbench.sandbox.enginePid();
    process.kill(killed, 'SIGKILL');

    await chat.answerWithState('interrupted').waitFor();
    expect((await chat.lastAnswer.innerText()).length).toBeGreaterThan(50);
    await workbench.screenshot('interrupted');

    await chat.send('Go on.');
    await expect.poll(() => chat.turns.count()).toBe(2);
    await expect.poll(async () => (await chat.lastAnswer.innerText()).length).toBeGreaterThan(50);
    await chat.stopButton.click();
    await chat.answerWithState('stopped').waitFor();
    expect(await workbench.sandbox.enginePid()).not.toBe(killed);
    const { turns } = await engineSnapshot(workbench.sandbox);
    expect(turns.map(({ state }) => state)).toEqual(['interrupted', 'stopped']);
  });
});
