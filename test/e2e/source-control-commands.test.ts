import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Editor } from './harness/editor.ts';
import { ScriptedRequests } from './harness/scripted-requests.ts';
import { SourceControl } from './harness/source-control.ts';
import { Workbench } from './harness/workbench.ts';

const ASKED = 'Write the message of a commit';
const WRITE = 'Generate Commit Message';
const STOP = 'Stop the Commit Message';
/** For what is asked again and again, and is waited for each time. */
const LONGER = { timeout: 180_000 };

describe('commands for source control', () => {
  let workbench: Workbench;
  let requests: ScriptedRequests;
  let changes: SourceControl;
  beforeAll(async () => {
    workbench = await Workbench.open({ engine: 'scripted' });
    const { sandbox } = workbench;
    requests = new ScriptedRequests(sandbox);
    sandbox.git('init', '--quiet');
    sandbox.git('config', 'user.name', 'Somebody');
    sandbox.git('config', 'user.email', 'somebody@example.com');
    await workbench.statusBarItem.waitFor();
    changes = await SourceControl.open(workbench.page);
  });
  afterAll(() => workbench.dispose());

  const pressed = (): ReturnType<ScriptedRequests['madeBy']> => requests.madeBy(() => changes.press(WRITE));

  it('write the message of the first commit, with files that Git does not know yet', async () => {
    requests.prepare({ when: ASKED, say: '```\nAdd a sample\n\nIt has a bug.\n```' });
    await changes.change('tokenizer.ts').waitFor();
    const { prompt, settings } = await pressed();
    expect(prompt).toMatchObject({ kind: 'message', lane: 'alone' });
    expect(settings).toMatchObject({ temperature: 0.2, repeatPenalty: 1 });
    expect('message' in prompt && prompt.message).toMatch(/\+\+\+ b\/README\.md\n[^]+\+export function tokenize\(/);
    expect('message' in prompt && prompt.message).not.toContain('the last ones in this repository');
    await expect.poll(() => changes.message()).toBe('Add a sample\n\nIt has a bug.');
    await workbench.screenshot('commit-message');
    workbench.sandbox.git('add', '.');
    workbench.sandbox.git('commit', '--quiet', '--message', 'Add a sample');
  });

  it('say that there is nothing to commit, and nothing to review', async () => {
    await expect.poll(() => changes.changeCount()).toBe(0);
    await changes.press(WRITE);
    await workbench.notification('There are no changes to commit').waitFor();
    await workbench.quickInput.run('Endless: Review Changes');
    await workbench.notification('There are no changes to review').waitFor();
    await workbench.clearNotifications();
  });

  it('write about what is staged and nothing else, in the style of the last messages', async () => {
    requests.prepare({ when: ASKED, say: 'Name the sample' });
    workbench.sandbox.write('README.md', '# A sample\n');
    workbench.sandbox.write('src/new.ts', 'let a;\n');
    workbench.sandbox.git('add', 'README.md');
    await changes.change('README.md').waitFor();
    await changes.change('new.ts').waitFor();
    const { prompt } = await pressed();
    expect('message' in prompt && prompt.message).toMatch(/write in their style:\n\n```\nAdd a sample\n```\n\n```diff\n[^]+\+# A sample/);
    expect('message' in prompt && prompt.message).not.toContain('new.ts');
    await expect.poll(() => changes.message()).toBe('Name the sample');
  });

  it('are stopped by the same button, and keep what was written', async () => {
    requests.prepare({ when: ASKED, say: '/slow 5' });
    await pressed();
    await expect.poll(() => changes.message()).toBe('word1 word2 word3 word4 word5');
    await expect.poll(async () => (await changes.buttons()).filter((button) => [STOP, WRITE].includes(button))).toEqual([STOP]);
    await workbench.screenshot('commit-message-written');
    const { finish } = await requests.answeredAfter(() => changes.press(STOP));
    expect(finish).toBe('stopped');
    await expect.poll(() => changes.buttons()).toContain(WRITE);
    await expect.poll(() => changes.message()).toBe('word1 word2 word3 word4 word5');
  });

  it('stop when what was written is undone', async () => {
    requests.prepare({ when: ASKED, say: '/slow 5' });
    await changes.writeMessage('Once');
    await pressed();
    await expect.poll(() => changes.message()).toBe('word1 word2 word3 word4 word5');
    const { finish } = await requests.answeredAfter(() => changes.undo());
    expect(finish).toBe('stopped');
    await expect.poll(() => changes.buttons()).toContain(WRITE);
    expect(await changes.message()).not.toContain('word5');
  });

  it('give back what stood in the box when they fail, and can be used again at once', async () => {
    requests.prepare({ when: ASKED, say: '/fail out-of-memory' });
    await changes.writeMessage('My own words');
    await pressed();
    await workbench.notification('There is not enough memory').waitFor();
    await expect.poll(() => changes.message()).toBe('My own words');
    await expect.poll(() => changes.buttons()).toContain(WRITE);
    await workbench.clearNotifications();
  });

  it.each([
    { answer: 'nothing', say: '```\n```' },
    { answer: 'the same again and again', say: '/loop' },
  ])('give back what stood in the box when the model says $answer, and tell', async ({ say }) => {
    requests.prepare({ when: ASKED, say });
    await pressed();
    await workbench.notification('did not say anything that could be used').waitFor();
    await expect.poll(() => changes.message()).toBe('My own words');
    await workbench.clearNotifications();
  });

  it('review what is staged, from the menu', async () => {
    const message = await requests.sentBy(async () => {
      await changes.menu.open();
      await workbench.screenshot('source-control-menu');
      await changes.menu.choose('Review Changes');
    });
    expect(message).toMatch(/^Review these changes, which are about to be committed\. [^]+```diff\n[^]+\+# A sample/);
    expect(message).not.toContain('new.ts');
  });

  it('review all changes where nothing is staged', async () => {
    workbench.sandbox.git('reset', '--quiet');
    const message = (): Promise<string> => requests.sentBy(() => workbench.quickInput.run('Endless: Review Changes'));
    await expect.poll(message, LONGER).toMatch(/^Review these changes\. [^]+\+# A sample[^]+\+\+\+ b\/src\/new\.ts/);
  });

  it('review what has changed in a file, or the file where nothing has', async () => {
    const message = (): Promise<string> => requests.sentBy(() => workbench.quickInput.run('Endless: Review Selection or File'));
    await Editor.open(workbench.page, 'README.md');
    expect(await message()).toMatch(/^Review these changes\. [^]+\+# A sample/);
    await Editor.open(workbench.page, 'tokenizer.ts');
    expect(await message()).toMatch(/^Review this code\. [^]+src\/tokenizer\.ts:1-\d+\n/);
  });
});
