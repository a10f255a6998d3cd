import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ANSWERS_FILE, REQUESTS_FILE, type PreparedAnswer } from '../scripted-engine/scripted-requests.ts';
import type { GenerateParams } from '../../src/shared/protocol/generate.ts';
import { block, fence } from '../../src/bench/edits/answer-texts.ts';
import { DiffEditor } from './harness/diff-editor.ts';
import { Editor } from './harness/editor.ts';
import { Workbench } from './harness/workbench.ts';

const FUNCTIONS = ['first', 'second', 'third'];
const LINES = FUNCTIONS.flatMap((name, at) => [`export function ${name}(): number {`, `  return ${at + 1};`, '}', '']);
const TEXT = LINES.join('\n');
/** Makes every number ten times as large. */
const TENFOLD = FUNCTIONS.map((_, at) => block(`  return ${at + 1};\n`, `  return ${at + 1}0;\n`)).join('\n');

const FILES = {
  'shown.ts': TEXT,
  'one-by-one.ts': TEXT,
  'undone.ts': TEXT,
  'closed.ts': TEXT,
  'moved.ts': TEXT,
  'followed.ts': TEXT,
  'again.ts': TEXT,
  'crlf.ts': TEXT.replaceAll('\n', '\r\n'),
  'selected.ts': TEXT,
  'refused.ts': TEXT,
  'cancelled.ts': TEXT,
  'formatted.ts': TEXT,
  'plain.txt': TEXT,
  'gone.ts': TEXT,
  'reloaded.ts': TEXT,
  'reopened.ts': TEXT,
  'inline.ts': TEXT,
};
type File = keyof typeof FILES;

const THEMES = [
  { theme: 'Default Dark Modern', kind: 'vs-dark' },
  { theme: 'Default High Contrast', kind: 'hc-black' },
  { theme: 'Default Light Modern', kind: 'vs' },
];

/** The file with other numbers. */
function withNumbers(...numbers: readonly number[]): string {
  return TEXT.replace(/\d+/g, (digit) => String(numbers[Number(digit) - 1]));
}

describe('an edit that a model proposes', () => {
  let workbench: Workbench;
  let diff: DiffEditor;

  beforeAll(async () => {
    const settings = { 'files.autoSave': 'off', 'editor.quickSuggestions': { other: 'off' }, 'endless.completions.enabled': false };
    workbench = await Workbench.open({ engine: 'scripted', settings });
    diff = new DiffEditor(workbench.page);
    for (const [file, text] of Object.entries(FILES)) writeFileSync(pathOf(file), text);
    // Only now is the extension active, and its commands are there.
    await workbench.statusBarItem.waitFor();
  });
  afterAll(() => workbench.dispose());

  const pathOf = (file: string): string => join(workbench.sandbox.workspace, file);
  const enginePathOf = (file: string): string => join(workbench.sandbox.runDirectory, file);
  const press = (key: string): Promise<void> => workbench.page.keyboard.press(key);
  const fileTab = (file: File): Locator => workbench.page.locator('.tabs-container .tab.active', { hasText: new RegExp(`^${file}$`) });

  const proposals = (): Locator => workbench.page.locator('.tabs-container .tab', { hasText: '(Endless)' });

  async function switchTo(file: File): Promise<void> {
    await workbench.page.locator('.tabs-container .tab', { hasText: new RegExp(`^${file}$`) }).click();
    await fileTab(file).waitFor();
  }

  function prepare(...answers: readonly PreparedAnswer[]): void {
    writeFileSync(enginePathOf(ANSWERS_FILE), JSON.stringify(answers));
  }

  async function ask(instruction: string): Promise<void> {
    await workbench.quickInput.run('Endless: Edit…');
    await workbench.quickInput.answer('Edit with Endless', instruction);
  }

  async function opened(file: File): Promise<void> {
    await diff.tab(`${file}: Edit (Endless)`).waitFor();
    await diff.focused.waitFor();
  }

  /** Opens a file and has all its numbers made larger. */
  async function propose(file: File): Promise<Editor> {
    prepare({ when: 'tenfold', say: TENFOLD });
    const editor = await Editor.open(workbench.page, file);
    await ask('tenfold');
    await opened(file);
    await expect.poll(() => diff.proposedLines()).toContain('  return 30;');
    return editor;
  }

  /** Has a file proposed a change of which the answer waits, while something is done in it. */
  async function proposeWhile(file: File, act: (editor: Editor) => Promise<void>): Promise<void> {
    const sign = `${file}.go`;
    prepare({ when: 'tenfold', say: TENFOLD, after: sign });
    const editor = await Editor.open(workbench.page, file);
    await ask('tenfold');
    await workbench.notification('Edit').waitFor();
    await act(editor);
    writeFileSync(enginePathOf(sign), '');
  }

  /** Saves what is in the editor, and says what is on the disk then. */
  async function expectSaved(file: File, text: string): Promise<void> {
    await workbench.page.locator(`.editor-instance .monaco-editor.focused[data-uri$="/${file}"]`).first().waitFor();
    await press('Control+S');
    await expect.poll(() => readFileSync(pathOf(file), 'utf8')).toBe(text);
  }

  it('is shown beside the file, and changes nothing before it is accepted', async () => {
    await propose('shown.ts');
    await expect.poll(() => diff.formerLines()).toContain('  return 1;');
    await expect.poll(() => diff.proposedLines()).toContain('  return 10;');
    expect(readFileSync(pathOf('shown.ts'), 'utf8')).toBe(TEXT);
    for (const { theme, kind } of THEMES) {
      await workbench.changeSettings({ 'workbench.colorTheme': theme });
      await workbench.page.locator(`.monaco-workbench.${kind}`).waitFor();
      await workbench.screenshot(`edit-${kind}`);
    }
    await diff.action('Accept All Changes').click();
    await fileTab('shown.ts').waitFor();
    await expect.poll(() => proposals().count()).toBe(0);
    await expectSaved('shown.ts', withNumbers(10, 20, 30));
  });

  it('is decided on change by change', async () => {
    await propose('one-by-one.ts');
    await diff.clickLine('modified', 'return 20');
    await diff.action('Accept Change').click();
    await expect.poll(() => diff.formerLines()).toContain('  return 20;');
    await expect.poll(() => diff.formerLines()).toContain('  return 1;');
    // The cursor has gone to the next change.
    await diff.action('Reject Change').click();
    await expect.poll(() => diff.proposedLines()).toContain('  return 3;');
    await workbench.screenshot('edit-half-decided');
    await press('Alt+Enter');
    await fileTab('one-by-one.ts').waitFor();
    await expectSaved('one-by-one.ts', withNumbers(10, 20, 3));
  });

  it('is taken back by one Undo', async () => {
    const editor = await propose('undone.ts');
    await press('Control+Enter');
    await fileTab('undone.ts').waitFor();
    await expect.poll(() => editor.lines()).toContain('  return 30;');
    await editor.focused.waitFor();
    await press('Control+Z');
    await expect.poll(async () => (await editor.lines()).join('\n').trimEnd()).toBe(TEXT.trimEnd());
    await expectSaved('undone.ts', TEXT);
  });

  it('is rejected by closing its tab, or by the command', async () => {
    await propose('closed.ts');
    await workbench.quickInput.run('View: Close Editor');
    await fileTab('closed.ts').waitFor();
    await ask('tenfold');
    await opened('closed.ts');
    await press('Control+Backspace');
    await fileTab('closed.ts').waitFor();
    await expectSaved('closed.ts', TEXT);
  });

  it('goes where its lines have gone while the model answered, and leaves out what was changed', async () => {
    await proposeWhile('moved.ts', async (editor) => {
      // Behind the number of the last function, and above everything.
      await editor.clickLine('return 3;');
      await press('End');
      await workbench.page.keyboard.type(' // three');
      await press('Control+Home');
      await workbench.page.keyboard.type('let top = 0;');
      await press('Enter');
    });
    await opened('moved.ts');
    await workbench.notification('One change is left out').waitFor();
    await workbench.screenshot('edit-left-out');
    await press('Control+Enter');
    await fileTab('moved.ts').waitFor();
    await expectSaved('moved.ts', `let top = 0;\n${withNumbers(10, 20, 3).replace('3;', '3; // three')}`);
    await workbench.clearNotifications();
  });

  it('is not shown when nothing of it has a place any more', async () => {
    await proposeWhile('gone.ts', async () => {
      await press('Control+A');
      await workbench.page.keyboard.type('const other = 1;');
    });
    await workbench.notification('3 changes were left out').waitFor();
    await fileTab('gone.ts').waitFor();
    await expectSaved('gone.ts', 'const other = 1;');
    await workbench.clearNotifications();
  });

  it('finds a file again that was closed while the model answered', async () => {
    await proposeWhile('reopened.ts', () => workbench.quickInput.run('View: Close Editor'));
    await opened('reopened.ts');
    await press('Control+Enter');
    await fileTab('reopened.ts').waitFor();
    await expectSaved('reopened.ts', withNumbers(10, 20, 30));
  });

  it('is made for a text that was never saved, too', async () => {
    prepare({ when: 'tenfold', say: fence('', 'return 10;') });
    await workbench.quickInput.run('File: New Untitled Text File');
    await workbench.page.locator('.editor-instance .monaco-editor.focused[data-uri="untitled:Untitled-1"]').waitFor();
    await workbench.page.keyboard.type('return 1;');
    await ask('tenfold');
    await diff.tab('Untitled-1: Edit (Endless)').waitFor();
    await diff.focused.waitFor();
    await press('Control+Enter');
    await expect.poll(() => proposals().count()).toBe(0);
    await workbench.page.locator('.editor-instance .view-line', { hasText: 'return 10;' }).waitFor();
  });

  it('can be decided on where the diff is shown in one column', async () => {
    await workbench.changeSettings({ 'diffEditor.renderSideBySide': false });
    await propose('inline.ts');
    await workbench.screenshot('edit-inline');
    await press('Alt+Backspace');
    await expect.poll(() => diff.proposedLines()).toContain('  return 1;');
    await press('Alt+Enter');
    await press('Control+Enter');
    await fileTab('inline.ts').waitFor();
    await expectSaved('inline.ts', withNumbers(1, 20, 30));
    await workbench.changeSettings({ 'diffEditor.renderSideBySide': true });
  });

  it('follows what is typed into the file while it is shown', async () => {
    await propose('followed.ts');
    await diff.clickLine('original', 'export function first');
    await press('Home');
    await workbench.page.keyboard.type('let typed = 0;');
    await press('Enter');
    await expect.poll(() => diff.proposedLines()).toContain('let typed = 0;');
    await expect.poll(() => diff.proposedLines()).toContain('  return 10;');
    await diff.action('Accept All Changes').click();
    await fileTab('followed.ts').waitFor();
    await expectSaved('followed.ts', `let typed = 0;\n${withNumbers(10, 20, 30)}`);
  });

  it('takes the place of the former one', async () => {
    await propose('again.ts');
    await switchTo('again.ts');
    prepare({ when: 'hundredfold', say: TENFOLD.replaceAll('0;', '00;') });
    await ask('hundredfold');
    await expect.poll(() => diff.proposedLines()).toContain('  return 300;');
    await expect.poll(() => proposals().count()).toBe(1);
    await opened('again.ts');
    await press('Control+Enter');
    await fileTab('again.ts').waitFor();
    await expectSaved('again.ts', withNumbers(100, 200, 300));
  });

  it('leaves the line ends of a file as they are', async () => {
    await propose('crlf.ts');
    await press('Control+Enter');
    await fileTab('crlf.ts').waitFor();
    await expectSaved('crlf.ts', withNumbers(10, 20, 30).replaceAll('\n', '\r\n'));
  });

  it('is asked for the lines that are selected', async () => {
    const editor = await Editor.open(workbench.page, 'selected.ts');
    await editor.clickLine('function second');
    await press('Home');
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown']) await press(`Shift+${key}`);
    prepare({ when: 'count', say: fence('ts', LINES.slice(4, 7).join('\n').replace('2', '222')) });
    await ask('count');
    await opened('selected.ts');
    const asked = JSON.parse(readFileSync(enginePathOf(REQUESTS_FILE), 'utf8').trimEnd().split('\n').at(-1)!) as GenerateParams;
    const { message } = asked.prompt as Extract<GenerateParams['prompt'], { kind: 'message' }>;
    expect(message).toMatch(/selected\.ts:5-7\n```typescript\nexport function second[^]*?return 2;\n}\n```/);
    // What stands around them is shown, but not asked for.
    expect(message.indexOf('return 3;')).toBeGreaterThan(message.indexOf('What stands around it is not to be changed'));
    await press('Control+Enter');
    await fileTab('selected.ts').waitFor();
    await expectSaved('selected.ts', withNumbers(1, 222, 3));
  });

  it('is refused with a sentence when the answer is not clear, and can be asked for again', async () => {
    prepare({ when: 'tenfold', say: 'I would rather not.' });
    await Editor.open(workbench.page, 'refused.ts');
    await ask('tenfold');
    const refusal = workbench.notification('The model answered without code');
    await refusal.waitFor();
    await workbench.screenshot('edit-refused');
    await refusal.getByRole('button', { name: 'Show Answer' }).click();
    await workbench.page.locator('.view-line', { hasText: 'I would rather not.' }).waitFor();
    await switchTo('refused.ts');
    await ask('tenfold');
    await refusal.waitFor();
    prepare({ when: 'tenfold', say: TENFOLD });
    await refusal.getByRole('button', { name: 'Try Again' }).click();
    await opened('refused.ts');
    await press('Control+Enter');
    await fileTab('refused.ts').waitFor();
    await expectSaved('refused.ts', withNumbers(10, 20, 30));
  });

  it('says how far it is, and can be cancelled', async () => {
    prepare({ when: 'tenfold', say: '/progress' });
    await Editor.open(workbench.page, 'cancelled.ts');
    await ask('tenfold');
    const progress = workbench.notification('reading, 500 of 1000 tokens');
    await progress.waitFor();
    await workbench.screenshot('edit-progress');
    await progress.getByRole('button', { name: 'Cancel' }).click();
    await progress.waitFor({ state: 'detached' });
    await fileTab('cancelled.ts').waitFor();
  });

  it('is formatted in the same step of Undo, where there is a formatter', async () => {
    await workbench.changeSettings({ 'endless.commands.formatEdits': true });
    const crooked = LINES.slice(4, 7).join('\n').replace('  return 2;', 'const   many=2 ;\n        return many');
    prepare({ when: 'crooked', say: block(LINES.slice(4, 7).join('\n'), crooked) });
    const editor = await Editor.open(workbench.page, 'formatted.ts');
    await ask('crooked');
    await opened('formatted.ts');
    await press('Control+Enter');
    await fileTab('formatted.ts').waitFor();
    await expect.poll(() => editor.lines()).toContain('  const many = 2;');
    await expectSaved('formatted.ts', TEXT.replace('  return 2;', '  const many = 2;\n  return many'));
    await press('Control+Z');
    await expectSaved('formatted.ts', TEXT);

    // Nothing formats plain text.
    await propose('plain.txt');
    await press('Control+Enter');
    await fileTab('plain.txt').waitFor();
    await expectSaved('plain.txt', withNumbers(10, 20, 30));
  });

  it('is closed with the window that knows what it was', async () => {
    await propose('reloaded.ts');
    await workbench.reload();
    await workbench.statusBarItem.waitFor();
    await expect.poll(() => proposals().count()).toBe(0);
  });
});
