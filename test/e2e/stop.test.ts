import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChatView } from './harness/chat-view.ts';
import { Workbench } from './harness/workbench.ts';

describe('stop', () => {
  let workbench: Workbench;
  let chat: ChatView;
  beforeAll(async () => {
    workbench = await Workbench.open({ engine: 'scripted' });
    chat = await workbench.openChat();
  });
  afterAll(() => workbench.dispose());

  it('ends the answer, keeps what was written, and the chat goes on', async () => {
    await chat.send('/slow 5');
    await expect.poll(() => chat.lastAnswer.innerText()).toContain('word5');
    await workbench.screenshot('generating');
    await chat.stopButton.click();
    await chat.answerWithState('stopped').waitFor();
    await expect.poll(() => chat.lastAnswer.innerText()).toContain('word5');
    expect(await chat.ask('Go on.')).toContain('You said: Go on.');
  });

  it('works with Escape while a prompt is processed', async () => {
    await chat.send('/progress');
    await expect.poll(() => chat.activity.innerText()).toContain('500 / 1,000');
    await workbench.screenshot('prompt-processing');
    await chat.composer.press('Escape');
    await expect.poll(() => chat.activity.count()).toBe(0);
  });

  it('lets queued messages come next', async () => {
    await chat.send('/slow 3');
    await chat.send('first in the queue');
    await chat.send('second in the queue');
    await expect.poll(() => chat.queued.count()).toBe(2);
    await workbench.screenshot('queued');
    await chat.stopButton.click();
    await expect.poll(() => chat.lastAnswer.innerText()).toContain('You said: second in the queue');
  });
});
