import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChatView } from './harness/chat-view.ts';
import { Editor } from './harness/editor.ts';
import { ScriptedRequests } from './harness/scripted-requests.ts';
import { Workbench } from './harness/workbench.ts';

const FILES = {
  'one.ts': 'const one = 1;\nconst two = 2;\nconst three = 3;\n',
  'fence.md': '```ts\nlet a;\n```\n',
  'long.ts': 'const long = "of four words";\n'.repeat(300),
  'broken.json': '{\n  "a": \n}\n',
  '.env': 'KEY=hush\n',
  '.gitignore': '/out/\n',
  'out/tokenizer-built.ts': 'export {};\n',
};

/** Half of it is what the scripted engine takes in a message. */
const SETTINGS = { 'endless.cache.window': 1024 };

describe('context for messages', () => {
  let workbench: Workbench;
  let chat: ChatView;
  let requests: ScriptedRequests;
  beforeAll(async () => {
    workbench = await Workbench.open({ engine: 'scripted', files: FILES, settings: SETTINGS });
    writeFileSync(join(workbench.sandbox.workspace, 'picture.png'), Buffer.from([0x89, 0x50, 0, 1, 2, 3, 0, 255, 0]));
    requests = new ScriptedRequests(workbench.sandbox);
    chat = await workbench.openChat();
  });
  afterAll(() => workbench.dispose());

  const labels = (): Promise<readonly string[]> =>
    chat.attachments.locator('.attachment-label').evaluateAll((chips) => {
      const elements = chips as unknown as readonly { readonly title: string }[];
      return elements.map(({ title }) => title);
    });

  /** Takes all chips out. */
  async function takeOut(): Promise<void> {
    while ((await chat.attachments.count()) > 0) {
      const before = await chat.attachments.count();
      await chat.attachments.last().locator('.icon-button').click();
      await expect.poll(() => chat.attachments.count()).toBeLessThan(before);
    }
  }

  it('a file at an @ becomes a chip, and goes with the message', async () => {
    await chat.composer.pressSequentially('Why does @tokenizer');
    await expect.poll(() => chat.options.first().innerText()).toContain('tokenizer.ts');
    await expect.poll(() => chat.options.allInnerTexts()).not.toContainEqual(expect.stringContaining('tokenizer-built.ts'));
    await workbench.screenshot('context-menu');
    await chat.composer.press('Enter');
    await expect.poll(labels).toEqual(['src/tokenizer.ts']);
    await expect.poll(() => chat.composer.inputValue()).toBe('Why does ');
    await expect.poll(() => chat.attachments.first().innerText()).toMatch(/\d+ tokens/);
    await expect.poll(() => requests.attached).toEqual(['src/tokenizer.ts']);
    await chat.composer.pressSequentially('it split?');
    await workbench.screenshot('context-chip');
    const sent = await requests.sentWith(() => chat.composer.press('Enter'));
    expect(sent).toMatchObject({ message: 'Why does it split?', attachments: [{ kind: 'file', label: 'src/tokenizer.ts' }] });
    expect(sent.attachments[0]!.text).toMatch(/^src\/tokenizer\.ts:1-\d+\n```typescript\nexport type Token/);
    await expect.poll(() => chat.attachments.count()).toBe(0);
    await expect.poll(() => requests.attached).toEqual([]);
  });

  it('stands under the message, unfolds to its text, and opens the file', async () => {
    await chat.attached.getByRole('button', { name: 'Show the text of src/tokenizer.ts' }).click();
    await chat.attached.locator('pre', { hasText: 'export type Token' }).waitFor();
    await workbench.screenshot('context-attached');
    await chat.attached.locator('.attachment-label').click();
    await workbench.activeTab('tokenizer.ts').waitFor();
  });

  it('the selection is attached with a key, the cursor is in the composer, and the chip survives a reload', async () => {
    const editor = await Editor.open(workbench.page, 'one.ts');
    await editor.selectLines(1, 2);
    await editor.press('Control+Alt+A');
    await expect.poll(labels).toEqual(['one.ts:1-2']);
    await chat.focusedComposer.waitFor();
    await workbench.page.keyboard.type('Which?');
    await expect.poll(() => chat.composer.inputValue()).toBe('Which?');
    await expect.poll(() => requests.attached).toEqual(['one.ts:1-2']);
    await workbench.reload();
    chat = await workbench.openChat();
    await expect.poll(labels).toEqual(['one.ts:1-2']);
    await chat.composer.fill('Which?');
    const { attachments } = await requests.sentWith(() => chat.composer.press('Enter'));
    expect(attachments).toMatchObject([
      { kind: 'selection', line: 1, text: 'one.ts:1-2\n```typescript\nconst one = 1;\nconst two = 2;\n```' },
    ]);
  });

  it('a message that is not taken brings back what was attached', async () => {
    await workbench.openExplorer();
    await workbench.chooseInExplorer(['fence.md'], 'Add File to Chat');
    await expect.poll(labels).toEqual(['fence.md']);
    await chat.send('/reject message-too-long');
    await chat.banner.waitFor();
    await expect.poll(labels).toEqual(['fence.md']);
    await chat.composer.fill('');
    await takeOut();
  });

  it('what is selected at several places, several files, and what is no text', async () => {
    const editor = await Editor.open(workbench.page, 'one.ts');
    await editor.press('Control+Home');
    await workbench.quickInput.run('Add Cursor Below');
    for (const key of ['Control+ArrowRight', 'Control+Shift+ArrowRight']) await editor.press(key);
    await workbench.quickInput.run('Endless: Add Selection to Chat');
    await expect.poll(labels).toEqual(['one.ts:1', 'one.ts:2']);
    await chat.focusedComposer.waitFor();
    await workbench.openExplorer();
    await workbench.chooseInExplorer(['.env', 'fence.md', 'picture.png'], 'Add File to Chat');
    await workbench.notification('picture.png is not a text file').waitFor();
    await expect.poll(labels).toEqual(['one.ts:1', 'one.ts:2', '.env', 'fence.md']);
    await chat.focusedComposer.waitFor();
    await takeOut();
  });

  it('a file that is not saved is attached as it stands in the editor', async () => {
    const editor = await Editor.open(workbench.page, 'one.ts');
    await editor.type('// not saved');
    await workbench.quickInput.run('Endless: Add File to Chat');
    await expect.poll(labels).toEqual(['one.ts']);
    await chat.composer.fill('Which?');
    const { attachments } = await requests.sentWith(() => chat.composer.press('Enter'));
    expect(attachments[0]!.text).toContain('// not saved');
  });

  it('the problems of the active file', async () => {
    const editor = await Editor.open(workbench.page, 'broken.json');
    await editor.hasProblems();
    await workbench.quickInput.run('Endless: Add Problems to Chat');
    await expect.poll(labels).toEqual(['Problems in broken.json']);
    await chat.focusedComposer.waitFor();
    await takeOut();
    await Editor.open(workbench.page, 'fence.md');
    await workbench.quickInput.run('Endless: Add Problems to Chat');
    await workbench.notification('There are no problems in the active editor').waitFor();
  });

  it('what is too large is not sent until a part of it is attached', async () => {
    await Editor.open(workbench.page, 'long.ts');
    await workbench.menu(() => workbench.page.locator('.tab.active').click({ button: 'right' })).choose('Add File to Chat');
    await chat.attachments.getByText('Too large: 1,803 tokens, 448 fit.').waitFor();
    await chat.composer.fill('What does it hold?');
    await chat.composer.press('Enter');
    await chat.body.getByText('The message was not sent').waitFor();
    await workbench.screenshot('context-too-large');
    await expect.poll(() => chat.composer.inputValue()).toBe('What does it hold?');
    await chat.button('Beginning').click();
    await expect.poll(labels).toEqual([expect.stringMatching(/^long\.ts:1-\d\d$/)]);
    const { attachments } = await requests.sentWith(() => chat.composer.press('Enter'));
    expect(attachments).toMatchObject([{ kind: 'range', line: 1 }]);
  });
});
