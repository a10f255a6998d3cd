import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChatView } from './harness/chat-view.ts';
import { SecondClient } from './harness/second-client.ts';
import { Workbench } from './harness/workbench.ts';

describe('/recall', () => {
  let workbench: Workbench;
  let chat: ChatView;
  beforeAll(async () => {
    workbench = await Workbench.open({ engine: 'scripted' });
    chat = await workbench.openChat();
  });
  afterAll(() => workbench.dispose());

  it('says that there is nothing while everything is in the cache', async () => {
    await chat.ask('The broker listens on port 5671.');
    await chat.ask('/recall broker');
    await chat.nothingRecalled.waitFor();
    expect(await chat.recalled.count()).toBe(0);
  });

  it('shows what has left the cache, and opens its text', async () => {
    for (const message of ['two', 'three']) await chat.ask(message);
    await workbench.quickInput.run('Endless: Compact Now');
    await chat.divider.waitFor();
    await chat.ask('/recall broker');
    await chat.recalled.first().click();
    await chat.turns.last().getByText('The broker listens on port 5671.', { exact: true }).waitFor();
    await workbench.screenshot('recalled');
    using client = await SecondClient.attach(workbench.sandbox);
    const { turns } = await client.snapshotAtRest();
    expect(turns.at(-1)).toMatchObject({ message: 'broker', recall: { asked: true, passages: [{ role: 'message' }, { text: 'broker' }] } });
  });
});
