import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChatView } from './harness/chat-view.ts';
import { SecondClient } from './harness/second-client.ts';
import { Workbench } from './harness/workbench.ts';

/** An answer that is drawn at random may be over with its first word; … */
const GREEDY = { 'endless.chat.temperature': 0 };
/** … what the bundled model says to this goes on for some two hundred tokens. */
const ASKS_FOR_MUCH = 'Show me a whole program.';

describe('an engine that is killed in the middle of an answer', () => {
  let workbench: Workbench;
  let chat: ChatView;
  beforeAll(async () => {
    workbench = await Workbench.open({ engine: 'real', settings: GREEDY });
    chat = await workbench.openChat();
  });
  afterAll(() => workbench.dispose());

  it('is started again, what was written is kept, and the chat goes on', async () => {
    await expect.poll(() => workbench.sandbox.hasEngine()).toBe(true);
    const killed = await workbench.sandbox.enginePid();
    using client = await SecondClient.attach(workbench.sandbox);
    let isKilled = false;
    client.connection.onEvent('text', () => {
      // What it said last may be heard when it has gone.
      if (!isKilled) process.kill(killed, 'SIGKILL');
      isKilled = true;
    });
    await chat.send(ASKS_FOR_MUCH);

    await chat.answerWithState('interrupted').waitFor();
    await expect.poll(() => chat.lastAnswer.locator('endless-answer').innerText()).toMatch(/\S/);
    await workbench.screenshot('interrupted');

    await chat.ask('Go on.');
    expect(await workbench.sandbox.enginePid()).not.toBe(killed);
    using again = await SecondClient.attach(workbench.sandbox);
    const { turns } = await again.snapshot();
    expect(turns.map(({ state }) => state)).toEqual(['interrupted', 'done']);
  });
});
