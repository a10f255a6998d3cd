import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fence } from '../../src/bench/edits/answer-texts.ts';
import { DiffEditor } from './harness/diff-editor.ts';
import { Editor } from './harness/editor.ts';
import { Workbench } from './harness/workbench.ts';

const UNITS = 'export function one(): number {\n  return 1;\n}\n\nexport function two(): number {\n  return 2;\n}\n';
const TWO = 'export function two(): number {\n  return 22;\n}';
const CHANGED = UNITS.replace('2;', '22;');

const SETTINGS = { 'files.autoSave': 'off', 'editor.quickSuggestions': { other: 'off' }, 'endless.completions.enabled': false };

const THEMES = [
  { theme: 'Default Light Modern', kind: 'vs' },
  { theme: 'Default High Contrast', kind: 'hc-black' },
  { theme: 'Default Dark Modern', kind: 'vs-dark' },
];

describe('code of an answer', () => {
  let workbench: Workbench;
  let diff: DiffEditor;

  beforeAll(async () => {
    const files = {
      'lib/units.ts': UNITS,
      'lib/undone.ts': UNITS,
      'one/same.ts': UNITS,
      'two/same.ts': UNITS,
      'insert.ts': 'function a() {\n    b();\n}\n',
      'active.ts': UNITS,
      'taken.ts': UNITS,
    };
    workbench = await Workbench.open({ engine: 'scripted', settings: SETTINGS, files });
    diff = new DiffEditor(workbench.page);
    await workbench.openChat();
  });
  afterAll(() => workbench.dispose());

  const press = (key: string): Promise<void> => workbench.page.keyboard.press(key);
  const action = (name: string): Locator => workbench.chat.lastAnswer.getByRole('button', { name });
  const dialog = (): Locator => workbench.page.locator('.monaco-dialog-box');
  const outside = (file: string): string => join(workbench.sandbox.root, file);

  /** Has the model answer some Markdown, and takes an action of the code in it. */
  async function take(name: string, answer: string): Promise<void> {
    await workbench.chat.ask(`/echo ${answer}`);
    await action(name).click();
  }

  async function accept(file: string): Promise<void> {
    await diff.tab(`${file}: Apply (Endless)`).waitFor();
    await diff.focused.waitFor();
    await diff.action('Accept All Changes').click();
    await workbench.page.locator('.tabs-container .tab.active', { hasText: new RegExp(`^${file}$`) }).waitFor();
  }

  it('is inserted at the cursor, as deep as its line, and taken back by one Undo', async () => {
    const editor = await Editor.open(workbench.page, 'insert.ts');
    await editor.goTo(2, 9);
    await press('Enter');
    await take('Insert at cursor', `So:\n\n${fence('ts', 'if (c) {\n  d();\n}')}`);
    await expect.poll(() => editor.lines()).toEqual(['function a() {', '    b();', '    if (c) {', '        d();', '    }', '}', '']);
    await editor.focused.waitFor();
    await workbench.page.keyboard.type(';');
    await expect.poll(() => editor.lines()).toContain('    };');
    await press('Control+Z');
    await press('Control+Z');
    await expect.poll(async () => (await editor.lines()).filter((line) => line.trim() !== '')).toEqual(['function a() {', '    b();', '}']);
    await press('Control+S');
  });

  it('is applied to the file that its fence names, once it is accepted', async () => {
    await take('Apply as diff', fence('ts lib/units.ts', TWO));
    await diff.tab('units.ts: Apply (Endless)').waitFor();
    expect(workbench.sandbox.readFile('lib/units.ts')).toBe(UNITS);
    for (const { theme, kind } of THEMES) {
      await workbench.changeSettings({ 'workbench.colorTheme': theme });
      await workbench.page.locator(`.monaco-workbench.${kind}`).waitFor();
      await workbench.screenshot(`code-apply-${kind}`);
    }
    await accept('units.ts');
    await press('Control+S');
    await expect.poll(() => workbench.sandbox.readFile('lib/units.ts')).toBe(CHANGED);
  });

  it('is a diff that goes where its lines stand, and is taken back by one Undo', async () => {
    const hunk = '@@ -99,3 +99,3 @@\n export function two(): number {\n-  return 2;\n+  return 22;\n }';
    await take('Apply as diff', `Change **lib/undone.ts**:\n\n${fence('diff', hunk)}`);
    await accept('undone.ts');
    await press('Control+S');
    await expect.poll(() => workbench.sandbox.readFile('lib/undone.ts')).toBe(CHANGED);
    await press('Control+Z');
    await press('Control+S');
    await expect.poll(() => workbench.sandbox.readFile('lib/undone.ts')).toBe(UNITS);
  });

  it('is applied to the file that is chosen where several are called so', async () => {
    await take('Apply as diff', fence('ts title="same.ts"', TWO));
    await expect.poll(() => workbench.quickInput.choices()).toEqual(['one/same.ts', 'two/same.ts']);
    await workbench.screenshot('code-choose');
    await workbench.quickInput.choose('two/same.ts');
    await accept('same.ts');
    await press('Control+S');
    await expect.poll(() => workbench.sandbox.readFile('two/same.ts')).toBe(CHANGED);
  });

  it('is applied to the file in the editor where none is named, and says so when it has no place there', async () => {
    const editor = await Editor.open(workbench.page, 'active.ts');
    await editor.goTo(8);
    await take('Apply as diff', fence('ts', TWO));
    await accept('active.ts');
    await take('Apply as diff', fence('ts', 'three();\nfour();'));
    const refusal = workbench.notification('Where this code belongs in active.ts is not clear');
    await refusal.waitFor();
    await workbench.screenshot('code-refused');
    await refusal.getByRole('button', { name: 'Insert at Cursor' }).click();
    await expect.poll(() => editor.lines()).toEqual(expect.arrayContaining(['  three();', '  four();', '  return 22;']));
    await press('Control+S');
  });

  it('becomes a new file, in folders that are made for it', async () => {
    await take('New file', fence('ts deep/er/new.ts', 'export {};'));
    const input = workbench.page.locator('.quick-input-widget input');
    await expect.poll(() => input.inputValue()).toBe('deep/er/new.ts');
    await workbench.screenshot('code-new-file');
    await input.fill('../../outside.ts');
    await workbench.page.locator('.quick-input-message', { hasText: 'no path of a file within the workspace' }).waitFor();
    await workbench.quickInput.answer('New File From the Chat', 'deep/er/other.ts');
    await workbench.page.locator('.tabs-container .tab.active', { hasText: 'other.ts' }).waitFor();
    expect(workbench.sandbox.readFile('deep/er/other.ts')).toBe('export {};\n');
    expect(workbench.sandbox.has('deep/er/new.ts')).toBe(false);
  });

  it('never overwrites a file, but is applied to it', async () => {
    await take('New file', fence('ts taken.ts', TWO));
    await expect.poll(() => workbench.page.locator('.quick-input-widget input').inputValue()).toBe('taken.ts');
    await workbench.quickInput.answer('New File From the Chat', 'taken.ts');
    const taken = workbench.notification('taken.ts is there already, and is not overwritten');
    await taken.waitFor();
    expect(workbench.sandbox.readFile('taken.ts')).toBe(UNITS);
    await taken.getByRole('button', { name: 'Apply as Diff' }).click();
    await accept('taken.ts');
    await press('Control+S');
    await expect.poll(() => workbench.sandbox.readFile('taken.ts')).toBe(CHANGED);
  });

  it('goes nowhere outside the workspace, not by dots and not by links', async () => {
    mkdirSync(outside('secret'));
    writeFileSync(outside('secret/key.ts'), UNITS);
    symlinkSync(outside('secret'), join(workbench.sandbox.workspace, 'linked'));
    for (const path of ['../secret/key.ts', outside('secret/key.ts'), 'linked/key.ts']) {
      await take('Apply as diff', fence(`ts title="${path}"`, TWO));
      await workbench.notification('lies outside the workspace, so nothing is written there').waitFor();
      await workbench.clearNotifications();
      expect(await workbench.page.locator('.tabs-container .tab', { hasText: '(Endless)' }).count()).toBe(0);
    }
    await take('New file', fence('ts linked/new.ts', TWO));
    await expect.poll(() => workbench.page.locator('.quick-input-widget input').inputValue()).toBe('linked/new.ts');
    await workbench.quickInput.answer('New File From the Chat', 'linked/new.ts');
    await workbench.notification('linked/new.ts lies outside the workspace').waitFor();
    await workbench.clearNotifications();
  });

  it('is run in a terminal only when all of it was seen and confirmed', async () => {
    const session = '$ echo ran > ran.txt\nnothing is printed\n$ echo again >> ran.txt';
    await take('Run in terminal', fence('console', session));
    await dialog().getByText('Run these commands in a terminal?').waitFor();
    await expect.poll(() => dialog().innerText()).toMatch(/echo ran > ran\.txt\s*\n\s*echo again >> ran\.txt/);
    await workbench.screenshot('code-run');
    await dialog().getByRole('button', { name: 'Cancel' }).click();
    await dialog().waitFor({ state: 'detached' });
    expect(workbench.sandbox.has('ran.txt')).toBe(false);
    await action('Run in terminal').click();
    await dialog().getByRole('button', { name: 'Run' }).click();
    await expect.poll(() => workbench.sandbox.has('ran.txt') && workbench.sandbox.readFile('ran.txt')).toBe('ran\nagain\n');
    await workbench.screenshot('code-ran');
  });

  it('is not run when it has characters that nobody sees', async () => {
    await take('Run in terminal', fence('bash', 'echo \u202ecod > hidden.txt'));
    await workbench.notification('characters that cannot be seen, so it is not run').waitFor();
    expect(await dialog().count()).toBe(0);
    await workbench.clearNotifications();
  });
});

describe('code of an answer in a workspace that is not trusted', () => {
  let workbench: Workbench;
  beforeAll(async () => {
    workbench = await Workbench.open({ engine: 'scripted', restricted: true, settings: SETTINGS, files: { 'a.ts': UNITS } });
    await workbench.openChat();
  });
  afterAll(() => workbench.dispose());

  it('can be inserted, and nothing else', async () => {
    const editor = await Editor.open(workbench.page, 'a.ts');
    await workbench.chat.ask(`/echo ${fence('bash a.ts', 'inserted')}`);
    for (const name of ['Apply as diff', 'New file', 'Run in terminal']) {
      await workbench.chat.lastAnswer.getByRole('button', { name }).click();
      await workbench.notification('does not write anything in this workspace, since it is not trusted').waitFor();
      await workbench.clearNotifications();
    }
    await workbench.chat.lastAnswer.getByRole('button', { name: 'Insert at cursor' }).click();
    await expect.poll(async () => (await editor.lines())[0]).toMatch(/^inserted/);
  });
});
