import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChatView } from './harness/chat-view.ts';
import { Workbench } from './harness/workbench.ts';

describe('the chat with the bundled model', () => {
  let workbench: Workbench;
  let chat: ChatView;
  beforeAll(async () => {
    workbench = await Workbench.open({ engine: 'real' });
    chat = await workbench.openChat();
  });
  afterAll(() => workbench.dispose());

  it('answers', async () => {
    expect(await chat.ask('Write a function that adds two numbers.')).toMatch(/\w+/);
    await workbench.screenshot('answered');
  });

  it('shows the cache and the speed', async () => {
    await expect.poll(() => chat.cacheBar.innerText()).toMatch(/tok\/s/);
    await expect.poll(() => workbench.statusBarItem.innerText()).toMatch(/Endless \d+ tok\/s/);
  });

  it('is as it was after a reload of the window, and goes on', async () => {
    const before = await chat.turns.last().innerText();
    const engine = await workbench.sandbox.enginePid();
    await workbench.reload();
    chat = await workbench.openChat();
    await expect.poll(() => chat.turns.last().innerText()).toBe(before);
    await chat.ask('And one that subtracts them?');
    expect(await workbench.sandbox.enginePid()).toBe(engine);
  });
});
