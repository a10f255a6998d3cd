import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChatView } from './harness/chat-view.ts';
import { Editor } from './harness/editor.ts';
import { SecondClient } from './harness/second-client.ts';
import { Workbench } from './harness/workbench.ts';

describe('the history', () => {
  let workbench: Workbench;
  let chat: ChatView;
  beforeAll(async () => {
    workbench = await Workbench.open({ engine: 'scripted' });
    chat = await workbench.openChat();
    // More than a page, so that the first of them is not there by itself.
    using client = await SecondClient.attach(workbench.sandbox);
    await client.fill(120);
    await workbench.reload();
    chat = await workbench.openChat();
    await chat.turns.nth(49).waitFor();
  });
  afterAll(() => workbench.dispose());

  it('is searched by a key while the view has the focus, and a turn far away is shown', async () => {
    await Editor.open(workbench.page, 'README.md');
    await chat.focus();
    await workbench.page.keyboard.press('Control+f');
    await chat.body.locator('endless-search input:focus').waitFor();
    await workbench.page.keyboard.type('message 7 of');
    await expect.poll(() => chat.hits.count()).toBe(2);
    await expect.poll(() => chat.hits.first().innerText()).toContain('message 7 of');
    await expect.poll(() => chat.searchField.inputValue()).toBe('message 7 of');
    await workbench.screenshot('history-search');
    await chat.searchField.press('Enter');
    await chat.target.waitFor();
    await expect.poll(() => chat.target.innerText()).toContain('message 7');
    await workbench.screenshot('history-found');
    await chat.button('Jump to latest').click();
    await expect.poll(() => chat.lastAnswer.innerText()).toContain('message 120');
  });

  it('is searched by a command, and says when there is nothing', async () => {
    await workbench.openExplorer();
    await workbench.quickInput.run('Endless: Search History');
    await chat.searchField.fill('marmalade');
    await chat.body.getByText('Nothing was found for “marmalade”.').waitFor();
    await chat.searchField.press('Escape');
    await chat.searchField.waitFor({ state: 'detached' });
  });

  it('is exported to Markdown, all of it, and opened', async () => {
    await workbench.quickInput.run('Endless: Export Conversation to Markdown');
    await workbench.quickInput.chooseFile(join(workbench.sandbox.workspace, 'talk.md'));
    await workbench.notification('The conversation has been exported. Turns: 120.').waitFor();
    const text = workbench.sandbox.readFile('talk.md');
    expect(text).toMatch(/^# Conversation with Endless\n/);
    expect(text.match(/^### You, /gm)).toHaveLength(120);
    expect(text).toContain('> message 7 of many');
    await workbench.notification('has been exported').getByRole('button', { name: 'Open' }).click();
    await workbench.activeTab('talk.md').waitFor();
    await workbench.screenshot('history-exported');
  });
});

describe('clearing the conversation', () => {
  let workbench: Workbench;
  let chat: ChatView;
  beforeAll(async () => {
    workbench = await Workbench.open({ engine: 'scripted' });
    chat = await workbench.openChat();
    for (const message of ['one', 'two', 'three']) await chat.ask(message);
  });
  afterAll(() => workbench.dispose());

  it('asks first, and does nothing when that is cancelled', async () => {
    await workbench.quickInput.run('Endless: Clear Conversation');
    await workbench.dialog('All 3 turns leave the chat and the cache').waitFor();
    await workbench.screenshot('clear-question');
    await workbench.dialog('All 3 turns').getByRole('button', { name: 'Cancel' }).click();
    await workbench.dialog('All 3 turns').waitFor({ state: 'detached' });
    await expect.poll(() => chat.turns.count()).toBe(3);
  });

  it('takes everything out of the chat, and Undo brings it back', async () => {
    await workbench.quickInput.run('Endless: Clear Conversation');
    await workbench.dialog('All 3 turns').getByRole('button', { name: 'Clear', exact: true }).click();
    await workbench.notification('The conversation has been cleared. Turns: 3.').waitFor();
    await expect.poll(() => chat.turns.count()).toBe(0);
    await workbench.screenshot('cleared');
    await workbench.notification('has been cleared').getByRole('button', { name: 'Undo' }).click();
    await workbench.notification('The conversation is back.').waitFor();
    await expect.poll(() => chat.turns.count()).toBe(3);
    await workbench.clearNotifications();
  });

  it('is undone by a command, also after a reload, and goes on with what was said since', async () => {
    await expect.poll(() => workbench.quickInput.offered('Endless: Undo Clear')).toEqual([]);
    await workbench.quickInput.run('Endless: Clear Conversation');
    await workbench.dialog('All 3 turns').getByRole('button', { name: 'Clear', exact: true }).click();
    await expect.poll(() => chat.turns.count()).toBe(0);
    await chat.ask('four');
    await workbench.reload();
    chat = await workbench.openChat();
    await chat.turns.first().waitFor();
    await workbench.quickInput.run('Endless: Undo Clear Conversation');
    await expect.poll(() => chat.turns.count()).toBe(4);
    await expect.poll(() => chat.turns.first().innerText()).toContain('one');
  });

  it('ends an answer that is being written', async () => {
    await chat.send('/slow 5');
    await expect.poll(() => chat.lastAnswer.innerText()).toContain('word5');
    await workbench.quickInput.run('Endless: Clear Conversation');
    await workbench.dialog('All 5 turns').getByRole('button', { name: 'Clear', exact: true }).click();
    await expect.poll(() => chat.turns.count()).toBe(0);
    await chat.stopButton.waitFor({ state: 'detached' });
  });

  it('deletes for good what was cleared, when there is nothing else to clear', async () => {
    await workbench.quickInput.run('Endless: Clear Conversation');
    const question = workbench.dialog('Delete what was cleared, 5 turns, for good?');
    await question.getByRole('button', { name: 'Delete for Good' }).click();
    await workbench.page.locator('.statusbar-item', { hasText: 'Deleted for good' }).waitFor();
    await expect.poll(() => workbench.quickInput.offered('Endless: Undo Clear')).toEqual([]);
  });
});
