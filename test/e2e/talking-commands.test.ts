import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChatView } from './harness/chat-view.ts';
import { Editor } from './harness/editor.ts';
import { ScriptedRequests } from './harness/scripted-requests.ts';
import { Workbench } from './harness/workbench.ts';

const FILES = { 'broken.json': '{\n  "a": \n}\n' };

/** So that a test can read what stands in the terminal. */
const SETTINGS = { 'terminal.integrated.gpuAcceleration': 'off' };

describe('commands that talk', () => {
  let workbench: Workbench;
  let chat: ChatView;
  let requests: ScriptedRequests;
  beforeAll(async () => {
    workbench = await Workbench.open({ engine: 'scripted', files: FILES, settings: SETTINGS });
    requests = new ScriptedRequests(workbench.sandbox);
    chat = workbench.chat;
    await workbench.statusBarItem.waitFor();
  });
  afterAll(() => workbench.dispose());

  const sentBy = (command: string): Promise<string> => requests.sentBy(() => workbench.quickInput.run(command));

  it('explain what is selected, in whole lines, and show the answer', async () => {
    const editor = await Editor.open(workbench.page, 'evaluate.ts');
    await editor.selectLines(16, 18);
    const message = await requests.sentBy(async () => {
      await expect
        .poll(() => editor.menu.labels())
        .toEqual([
          'Explain',
          'Review Selection or File',
          'Add Selection to Chat',
          'Edit…',
          'Fix the Problem at the Cursor',
          'Write Documentation',
          'Write Tests',
          'Suggest Names…',
        ]);
      await workbench.screenshot('editor-menu');
      await editor.menu.choose('Explain');
    });
    expect(message).toMatch(/^Explain this code: [^\n]+\n\nsrc\/evaluate\.ts:16-18\n```typescript\nfunction sum\([^]+\}\n```$/);
    await expect.poll(() => chat.lastAnswer.innerText()).toContain('You said: Explain this code');
    await workbench.screenshot('explained');
  });

  it('explain the function at the cursor where nothing is selected', async () => {
    const editor = await Editor.open(workbench.page, 'evaluate.ts');
    await editor.goTo(35, 3);
    await editor.knowsDeclaration('atom');
    expect(await sentBy('Endless: Explain')).toMatch(/src\/evaluate\.ts:33-39\n```typescript\nfunction atom\([^]+\}\n```$/);
  });

  it('explain the problem at the cursor, or say that there is none', async () => {
    const editor = await Editor.open(workbench.page, 'broken.json');
    await editor.hasProblems();
    await editor.goTo(3);
    const message = await sentBy('Endless: Explain the Problem at the Cursor');
    expect(message).toMatch(/^json says in line 3 of broken\.json:\n\nValue expected\n\n[^]+broken\.json:1-3\n```json\n\{\n/);
    await editor.goTo(1);
    await workbench.quickInput.run('Endless: Explain the Problem at the Cursor');
    await workbench.notification('There is no problem at the cursor').waitFor();
  });

  it('explain a problem from the lamp', async () => {
    const editor = await Editor.open(workbench.page, 'broken.json');
    await editor.hasProblems();
    await editor.goTo(3);
    expect(await editor.openLamp()).toEqual(['Fix with Endless', 'Explain with Endless']);
    await workbench.screenshot('lamp');
    const message = await requests.sentBy(() => editor.chooseFromLamp('Explain with Endless'));
    expect(message).toContain('Value expected');
  });

  it('review what is selected, or the whole file', async () => {
    const editor = await Editor.open(workbench.page, 'tokenizer.ts');
    await editor.selectLines(3, 4);
    expect(await sentBy('Endless: Review Selection or File')).toMatch(/^Review this code\. [^]+src\/tokenizer\.ts:3-4\n/);
    await editor.goTo(1);
    expect(await sentBy('Endless: Review Selection or File')).toMatch(/src\/tokenizer\.ts:1-\d+\n/);
  });

  it('say that there is no repository to review', async () => {
    await workbench.quickInput.run('Endless: Review Changes');
    await workbench.notification('No Git repository is open').waitFor();
  });

  it('explain what is selected in the terminal, and leave the clipboard as it was', async () => {
    const { page } = workbench;
    await workbench.copy('what was copied before');
    await expect.poll(() => workbench.quickInput.offered('Endless: Explain Terminal Selection')).toEqual([]);
    await workbench.quickInput.run('Terminal: Create New Terminal');
    const rows = page.locator('.xterm-rows');
    await page.locator('.xterm.focus').waitFor();
    await expect.poll(() => rows.innerText()).toMatch(/[#$]/);
    await page.keyboard.type('echo out "of"  paper\n');
    const output = rows.getByText('out of paper', { exact: true });
    await output.waitFor();
    // What the mouse hits is a layer over the text.
    const atFirstWord = { position: { x: 5, y: 5 }, force: true };
    await output.dblclick(atFirstWord);
    const command = 'Endless: Explain Terminal Selection';
    await expect.poll(() => workbench.quickInput.offered(command)).toEqual([command]);
    const message = await requests.sentBy(async () => {
      const menu = workbench.menu(() => output.click({ ...atFirstWord, button: 'right' }));
      await menu.open();
      await workbench.screenshot('terminal-menu');
      await menu.choose('Explain Terminal Selection');
    });
    expect(message).toMatch(/^Explain this output of the terminal: [^\n]+\n\n```\nout\n```$/);
    await expect.poll(() => workbench.copied()).toBe('what was copied before');
  });
});
