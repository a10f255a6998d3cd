import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChatView } from './harness/chat-view.ts';
import { SecondClient } from './harness/second-client.ts';
import { Workbench } from './harness/workbench.ts';

describe('commands that steer the conversation', () => {
  let workbench: Workbench;
  let chat: ChatView;
  beforeAll(async () => {
    workbench = await Workbench.open({ engine: 'scripted' });
    chat = await workbench.openChat();
  });
  afterAll(() => workbench.dispose());

  it('are not offered while there is nothing to steer', async () => {
    await expect
      .poll(() => workbench.quickInput.offered('Endless: Show'))
      .toEqual(['Endless: Show Cache', 'Endless: Show Diagnostics', 'Endless: Show Instructions', 'Endless: Show Log']);
    await expect.poll(() => workbench.quickInput.offered('Endless: Forget Last Turn')).toEqual([]);
  });

  it('say that there is no cache before the first message', async () => {
    await workbench.quickInput.run('Endless: Show Cache');
    await chat.cachePanel.getByText('There is no cache yet').waitFor();
    await chat.closeCachePanel();
  });

  it('begin a new section', async () => {
    for (const message of ['one', 'two', 'three']) await chat.ask(message);
    await workbench.quickInput.run('Endless: New Section');
    await chat.sectionDivider.waitFor();
    await workbench.screenshot('new-section');
    // The cache has been compacted for it.
    await chat.divider.waitFor();
    await chat.ask('four');
    using client = await SecondClient.attach(workbench.sandbox);
    const { turns } = await client.snapshotAtRest();
    expect(turns.map(({ section }) => section)).toEqual([0, 0, 0, 1]);
    await expect.poll(() => chat.sectionDivider.count()).toBe(1);
  });

  it('compact the cache, and say how much has left it', async () => {
    await workbench.quickInput.run('Endless: Compact Now');
    await workbench.notification(/\d+ tokens have left the cache/).waitFor();
    await workbench.quickInput.run('Endless: Compact Now');
    await workbench.notification('Nothing to evict').waitFor();
  });

  it('forget the last turn, and say which', async () => {
    await chat.ask('a slip $(bug) of the\ntongue');
    await workbench.quickInput.run('Endless: Forget Last Turn');
    await workbench.page.locator('.statusbar-item', { hasText: 'Forgotten: “a slip $ (bug) of the tongue”' }).waitFor();
    await expect.poll(() => chat.turns.count()).toBe(4);
    await expect.poll(() => chat.lastAnswer.innerText()).toContain('You said: four');
  });

  it('show the cache, also when the view is not open', async () => {
    await workbench.openExplorer();
    await workbench.quickInput.run('Endless: Show Cache');
    await chat.cachePanel.waitFor();
    await workbench.screenshot('cache-panel');
    await chat.closeCachePanel();
  });
});
