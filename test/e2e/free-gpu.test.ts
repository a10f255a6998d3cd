import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChatView } from './harness/chat-view.ts';
import { Workbench } from './harness/workbench.ts';

describe('the memory of the model', () => {
  let workbench: Workbench;
  let chat: ChatView;
  beforeAll(async () => {
    workbench = await Workbench.open({ engine: 'real' });
    chat = await workbench.openChat();
  });
  afterAll(() => workbench.dispose());

  it('is given back by a command, and chat and status bar say what brings the model back', async () => {
    await chat.ask('What does map do?');
    await workbench.quickInput.run('Endless: Free the GPU');
    await chat.body.getByText('The GPU is free, as you wished.').waitFor();
    await workbench.screenshot('gpu-freed');
    await workbench.quickInput.run('Endless: Show Cache');
    await chat.cachePanel.getByText('The next message loads the model again').waitFor();
    await chat.closeCachePanel();
  });

  it('is taken again by the next message, which goes on with the conversation', async () => {
    await chat.ask('And filter?');
    expect(await chat.body.getByText('The GPU is free, as you wished.').count()).toBe(0);
    await workbench.quickInput.run('Endless: Show Cache');
    await chat.cachePanel.getByText(/Restored as it was/).waitFor();
  });

  it('is given back by a button of the cache panel, too', async () => {
    await chat.cachePanel.getByRole('button', { name: 'Free the GPU' }).click();
    await chat.cachePanel.getByText('The next message loads the model again').waitFor();
  });
});
