import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChatView } from './harness/chat-view.ts';
import { Editor } from './harness/editor.ts';
import { SecondClient } from './harness/second-client.ts';
import { Workbench } from './harness/workbench.ts';

const LONG_LINE = `const long = '${'a'.repeat(84)}';\n`;

const FILES = {
  'one.ts': 'const one = 1;\nconst two = 2;\nconst three = 3;\n',
  'fence.md': '```ts\nlet a;\n```\n',
  'long.ts': LONG_LINE.repeat(300),
  'broken.json': '{\n  "a": \n}\n',
  '.env': 'KEY=hush\n',
};

describe('commands that steer the conversation', () => {
  let workbench: Workbench;
  let chat: ChatView;
  beforeAll(async () => {
    workbench = await Workbench.open({ engine: 'scripted' });
    chat = await workbench.openChat();
  });
  afterAll(() => workbench.dispose());

  it('are not offered while there is nothing to steer', async () => {
    expect(await workbench.offeredCommands('Endless: Show')).toEqual([
      'Endless: Show Cache',
      'Endless: Show Instructions',
      'Endless: Show Log',
    ]);
    expect(await workbench.offeredCommands('Endless: Forget')).toEqual([]);
  });

  it('say that there is no cache before the first message', async () => {
    await workbench.runCommand('Endless: Show Cache');
    await chat.cachePanel.getByText('There is no cache yet').waitFor();
    await workbench.page.keyboard.press('Escape');
  });

  it('begin a new section', async () => {
    for (const message of ['one', 'two', 'three']) await chat.ask(message);
    await workbench.runCommand('Endless: New Section');
    await chat.sectionDivider.waitFor();
    await workbench.screenshot('new-section');
    // The cache has been compacted for it.
    await chat.divider.waitFor();
    await chat.ask('four');
    using client = await SecondClient.attach(workbench.sandbox);
    const { turns } = await client.snapshotAtRest();
    expect(turns.map(({ section }) => section)).toEqual([0, 0, 0, 1]);
    expect(await chat.sectionDivider.count()).toBe(1);
  });

  it('compact the cache, and say how much has left it', async () => {
    await workbench.runCommand('Endless: Compact Now');
    await workbench.notification(/\d+ tokens have left the cache/).waitFor();
    await workbench.runCommand('Endless: Compact Now');
    await workbench.notification('Nothing to evict').waitFor();
  });

  it('forget the last turn, and say which', async () => {
    await chat.ask('a slip $(bug) of the\ntongue');
    await workbench.runCommand('Endless: Forget Last Turn');
    await workbench.page.locator('.statusbar-item', { hasText: 'Forgotten: “a slip $ (bug) of the tongue”' }).waitFor();
    await expect.poll(() => chat.turns.count()).toBe(4);
    expect(await chat.lastAnswer.innerText()).toContain('You said: four');
  });

  it('show the cache, also when the view is not open', async () => {
    await workbench.openExplorer();
    await workbench.runCommand('Endless: Show Cache');
    await chat.cachePanel.waitFor();
    await workbench.screenshot('cache-panel');
    await workbench.page.keyboard.press('Escape');
    await chat.cachePanel.waitFor({ state: 'hidden' });
  });
});

describe('commands that put something into the draft', () => {
  let workbench: Workbench;
  let chat: ChatView;
  beforeAll(async () => {
    workbench = await Workbench.open({ engine: 'scripted', files: FILES });
    writeFileSync(join(workbench.sandbox.workspace, 'picture.png'), Buffer.from([0x89, 0x50, 0, 1, 2, 3, 0, 255, 0]));
    await workbench.statusBarItem.waitFor();
    chat = workbench.chat;
  });
  afterAll(() => workbench.dispose());

  /** What is in the composer, which is empty afterwards. */
  async function takeDraft(): Promise<string> {
    const draft = await chat.composer.inputValue();
    await chat.composer.fill('');
    return draft;
  }

  it('add the selection, and open the view for it', async () => {
    const editor = await Editor.open(workbench.page, 'one.ts');
    await editor.press('Control+Home');
    await editor.press('Shift+ArrowDown');
    await editor.press('Shift+End');
    await workbench.runCommand('Endless: Add Selection to Chat');
    await expect.poll(() => chat.composer.inputValue()).toBe('one.ts:1-2\n```typescript\nconst one = 1;\nconst two = 2;\n```\n');
    // The composer has the focus.
    await workbench.page.keyboard.type('Why?');
    await workbench.screenshot('selection-in-draft');
    expect(await chat.composer.inputValue()).toMatch(/```\nWhy\?$/);
    expect(await chat.turns.count()).toBe(0);
  });

  it('add what is selected at several places behind what is typed', async () => {
    const editor = await Editor.open(workbench.page, 'one.ts');
    await editor.press('Control+Home');
    await workbench.runCommand('Add Cursor Below');
    for (const key of ['Control+ArrowRight', 'Control+Shift+ArrowRight']) await editor.press(key);
    await workbench.runCommand('Endless: Add Selection to Chat');
    await expect
      .poll(() => chat.composer.inputValue())
      .toMatch(/Why\?\n\none\.ts:1\n```typescript\n one\n```\n\none\.ts:2\n```typescript\n two\n```\n$/);
    await takeDraft();
  });

  it('add a file from the explorer, and it is still there when the view comes back', async () => {
    await workbench.openExplorer();
    await workbench.chooseInExplorer(['fence.md'], 'Add File to Chat');
    await expect.poll(() => chat.composer.inputValue()).toBe('fence.md:1-3\n````markdown\n```ts\nlet a;\n```\n````\n');
    await workbench.openExplorer();
    await workbench.openChat();
    await expect.poll(() => chat.composer.inputValue()).toContain('````markdown');
    await takeDraft();
  });

  it('add several files, one that completions must not read too, and say which is no text', async () => {
    await workbench.openExplorer();
    await workbench.chooseInExplorer(['.env', 'one.ts', 'picture.png'], 'Add File to Chat');
    await expect.poll(() => chat.composer.inputValue()).toContain('KEY=hush');
    await workbench.notification('picture.png is not a text file').waitFor();
    const draft = await takeDraft();
    expect(draft).toContain('one.ts:1-3\n');
    expect(draft).not.toContain('picture.png');
  });

  it('add the file of a tab, cut where it is too long', async () => {
    await Editor.open(workbench.page, 'long.ts');
    await workbench.page.locator('.tab.active').click({ button: 'right' });
    await workbench.chooseFromMenu('Add File to Chat');
    await expect.poll(() => chat.composer.inputValue()).toContain('long.ts:1-');
    const draft = await takeDraft();
    expect(draft.split('\n')[0]).toMatch(/^long\.ts:1-\d+ \(the rest is cut, there are 300 lines\)$/);
    expect(draft.length).toBeLessThan(17_000);
  });

  it('add the problems of the active file', async () => {
    await Editor.open(workbench.page, 'broken.json');
    await workbench.page.locator('.editor-instance .squiggly-error').first().waitFor({ timeout: 60_000 });
    await workbench.runCommand('Endless: Add Problems to Chat');
    await expect.poll(() => chat.composer.inputValue()).toMatch(/^Problems in broken\.json\n```\nbroken\.json:3:1: error: Value expected/);
    await takeDraft();
    await Editor.open(workbench.page, 'fence.md');
    await workbench.runCommand('Endless: Add Problems to Chat');
    await workbench.notification('There are no problems in the active editor').waitFor();
  });
});
