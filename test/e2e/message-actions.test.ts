import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChatView } from './harness/chat-view.ts';
import { Editor } from './harness/editor.ts';
import { ScriptedRequests } from './harness/scripted-requests.ts';
import { Workbench } from './harness/workbench.ts';

const THEMES = [
  { kind: 'vscode-light', theme: 'Default Light Modern' },
  { kind: 'vscode-dark', theme: 'Default Dark Modern' },
  { kind: 'vscode-high-contrast', theme: 'Default High Contrast' },
];

describe('messages and commands in the chat', () => {
  let workbench: Workbench;
  let chat: ChatView;
  let requests: ScriptedRequests;
  beforeAll(async () => {
    workbench = await Workbench.open({ engine: 'scripted', settings: { 'endless.cache.window': 1024 } });
    requests = new ScriptedRequests(workbench.sandbox);
    chat = await workbench.openChat();
  });
  afterAll(() => workbench.dispose());

  it('a message is changed and sent in its place', async () => {
    for (const message of ['one', 'two', 'three']) await chat.ask(message);
    await chat.tool(1, 'message', 'edit').click();
    await chat.editor.fill('another two');
    for (const { kind, theme } of THEMES) {
      await workbench.changeSettings({ 'workbench.colorTheme': theme });
      await expect.poll(() => chat.body.getAttribute('data-vscode-theme-kind')).toBe(kind);
      await chat.turns.first().hover();
      await workbench.screenshot(`${kind}/edit-message`);
    }
    await chat.editor.press('Enter');
    await expect.poll(() => chat.messages()).toEqual(['one', 'another two']);
    await expect.poll(() => chat.lastAnswer.innerText()).toContain('You said: another two');
  });

  it('the last one is answered anew', async () => {
    expect(await chat.tool(0, 'answer', 'regenerate').count()).toBe(0);
    expect(await requests.sentBy(() => chat.tool(1, 'answer', 'regenerate').click())).toBe('another two');
    await expect.poll(() => chat.lastAnswer.innerText()).toContain('You said: another two');
    await expect.poll(() => chat.messages()).toEqual(['one', 'another two']);
  });

  it('one is pinned, and one that is too large is not, which is said', async () => {
    await chat.tool(0, 'message', 'pin').click();
    await chat.turns.first().getByText('Pinned').waitFor();
    await chat.ask('/evict 600');
    await chat.tool(2, 'message', 'pin').click();
    await chat.banner.getByText('half of the window').waitFor();
    await workbench.screenshot('pin-refused');
    await chat.button('Dismiss').click();
    await expect.poll(() => chat.banner.count()).toBe(0);
  });

  it('one in the middle is forgotten when the user says so twice', async () => {
    await chat.tool(1, 'message', 'forget').click();
    await workbench.screenshot('forget-message');
    await chat.turns.nth(1).locator('.question').getByRole('button', { name: 'Forget' }).click();
    await expect.poll(() => chat.messages()).toEqual(['one', '/evict 600']);
  });

  it('one that waits is taken back', async () => {
    await chat.send('/slow 3');
    await chat.send('a slip of the tongue');
    await expect.poll(() => chat.queued.count()).toBe(1);
    await chat.tool(3, 'message', 'cancel').click();
    await expect.poll(() => chat.composer.inputValue()).toBe('a slip of the tongue');
    await expect.poll(() => chat.queued.count()).toBe(0);
    await chat.composer.fill('');
    await chat.stopButton.click();
    await chat.answerWithState('stopped').waitFor();
  });

  it('what the model thinks is folded away when it answers', async () => {
    await chat.ask('/think It is a number.');
    await expect.poll(() => chat.lastAnswer.innerText()).toContain('Thought for 6 words');
    expect(await chat.lastAnswer.getByText('one looks at the types').isVisible()).toBe(false);
  });

  it('commands are offered after a slash, and the help is shown without the model', async () => {
    const turns = await chat.turns.count();
    await chat.composer.pressSequentially('/');
    await expect.poll(() => chat.options.count()).toBe(9);
    for (const { kind, theme } of THEMES) {
      await workbench.changeSettings({ 'workbench.colorTheme': theme });
      await expect.poll(() => chat.body.getAttribute('data-vscode-theme-kind')).toBe(kind);
      await workbench.screenshot(`${kind}/slash-commands`);
    }
    await chat.composer.pressSequentially('he');
    await chat.composer.press('Enter');
    await chat.help.waitFor();
    await workbench.screenshot('help');
    await workbench.page.keyboard.press('Escape');
    await expect.poll(() => chat.help.count()).toBe(0);
    expect(await chat.turns.count()).toBe(turns);
  });

  it('a command explains what is selected in the editor, with what is asked beside', async () => {
    const editor = await Editor.open(workbench.page, 'evaluate.ts');
    await editor.selectLines(16, 18);
    const message = await requests.sentBy(() => chat.send('/explain Why a loop?'));
    expect(message).toMatch(/^Explain this code: [^]+src\/evaluate\.ts:16-18\n```typescript\nfunction sum\([^]+\}\n```\n\nWhy a loop\?$/);
  });

  it('a command documents what is selected as it is asked for', async () => {
    const editor = await Editor.open(workbench.page, 'evaluate.ts');
    await editor.selectLines(16, 18);
    const { prompt } = await requests.madeBy(() => chat.send('/doc in one line'));
    expect(JSON.stringify(prompt)).toContain('in one line');
  });

  it('a command clears the conversation when that is confirmed', async () => {
    await chat.send('/clear');
    await workbench.dialog('Clear the conversation?').getByRole('button', { name: 'Clear' }).click();
    await expect.poll(() => chat.turns.count()).toBe(0);
  });
});
