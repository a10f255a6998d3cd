import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChatView } from './harness/chat-view.ts';
import { SecondClient } from './harness/second-client.ts';
import { Workbench } from './harness/workbench.ts';

describe('the cache panel', () => {
  let workbench: Workbench;
  let chat: ChatView;
  beforeAll(async () => {
    workbench = await Workbench.open({ engine: 'scripted', settings: { 'endless.cache.window': 1024 } });
    chat = await workbench.openChat();
  });
  afterAll(() => workbench.dispose());

  const segment = (name: RegExp) => chat.cachePanel.getByRole('toolbar').getByRole('button', { name });

  it('opens with a click on the bar, and shows what the cache holds', async () => {
    for (const message of ['why does parse() throw here?', '/evict 300', '/evict 500', 'and how do I test that?']) await chat.ask(message);
    await chat.cacheBar.getByRole('button').click();
    await chat.cachePanel.waitFor();
    await expect.poll(() => segment(/in the cache/).count()).toBeGreaterThan(1);
    await expect.poll(() => chat.cachePanel.locator('.plot canvas').count()).toBe(4);
    await workbench.screenshot('cache-panel-click');
  });

  it('pins a turn, which its map then shows', async () => {
    await segment(/and how do I test that/).click();
    await chat.cachePanel.getByRole('menuitem', { name: /^Pin/ }).click();
    await segment(/^Pinned:.*and how do I test that/).waitFor();
    await workbench.screenshot('cache-panel-pinned');
  });

  it('forgets a turn', async () => {
    // By the keyboard: in several rows, its middle need not be its own.
    await segment(/\/evict 500/).press('Enter');
    await workbench.screenshot('cache-panel-menu');
    await chat.cachePanel.getByRole('menuitem', { name: /^Forget/ }).click();
    await chat.cachePanel.getByRole('menuitem', { name: /^Really forget/ }).click();
    await segment(/\/evict 500/).waitFor({ state: 'detached' });
    using client = await SecondClient.attach(workbench.sandbox);
    const { turns } = await client.snapshotAtRest();
    expect(turns.map(({ message }) => message)).not.toContain('/evict 500');
  });

  it('shows a turn in the chat', async () => {
    await segment(/and how do I test that/).click();
    await chat.cachePanel.getByRole('menuitem', { name: 'Show in chat' }).click();
    await chat.cachePanel.waitFor({ state: 'detached' });
    await chat.target.getByText('and how do I test that?', { exact: true }).waitFor();
  });

  it('opens with the command, too', async () => {
    await workbench.openExplorer();
    await workbench.quickInput.run('Endless: Show Cache');
    await chat.closeCachePanel();
  });
});
