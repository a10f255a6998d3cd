import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SCRIPTED_ALTERNATIVES, SCRIPTED_LINES } from '../scripted-engine/scripted-completion.ts';
import { SHOWN_FILE } from '../scripted-engine/scripted-engine.ts';
import { Editor } from './harness/editor.ts';
import { Workbench } from './harness/workbench.ts';

const [ANSWER = '', QUESTION = ''] = SCRIPTED_LINES;
const [FIRST_ALTERNATIVE = '', SECOND_ALTERNATIVE = ''] = SCRIPTED_ALTERNATIVES;

describe('completions', () => {
  let workbench: Workbench;
  beforeAll(async () => {
    workbench = await Workbench.open({ engine: 'scripted', settings: { 'editor.quickSuggestions': { other: 'off' } } });
    for (const name of ['first.ts', 'second.ts', 'third.ts', 'fourth.ts', 'fifth.ts', 'sixth.ts'])
      writeFileSync(join(workbench.sandbox.workspace, name), '');
    writeFileSync(join(workbench.sandbox.workspace, '.env'), 'KEY=hush');
    writeFileSync(
      join(workbench.sandbox.workspace, 'imported.ts'),
      'export function answerOf(question: string): number {\n  return question.length;\n}\n',
    );
    writeFileSync(join(workbench.sandbox.workspace, 'importing.ts'), "import { answerOf } from './imported';\n\nanswerOf('');\n");
    // Only now is the extension active, and hears of keys.
    await workbench.statusBarItem.waitFor();
  });
  afterAll(() => workbench.dispose());

  it('appear while somebody types, are accepted with Tab, and the next one follows', async () => {
    const editor = await Editor.open(workbench.page, 'first.ts');
    await editor.type('const ans');
    await expect.poll(() => editor.lines()).toEqual([ANSWER]);
    await expect.poll(() => editor.ghostText()).toBe(ANSWER.slice('const ans'.length));
    await workbench.screenshot('completion');
    await editor.press('Tab');
    await expect.poll(() => editor.ghostText()).toBe('');
    await expect.poll(() => editor.lines()).toEqual([ANSWER]);
    await editor.press('Enter');
    await expect.poll(() => editor.lines()).toEqual([ANSWER, QUESTION]);
    await editor.press('Tab');
    await expect.poll(() => editor.ghostText()).toBe('');
  });

  it('are accepted word by word', async () => {
    const editor = await Editor.open(workbench.page, 'second.ts');
    await editor.type('const ans');
    await expect.poll(() => editor.lines()).toEqual([ANSWER]);
    await editor.press('Control+ArrowRight');
    await expect.poll(() => editor.ghostText()).toBe(' = 42;');
    await editor.press('Escape');
    await expect.poll(() => editor.lines()).toEqual(['const answer']);
  });

  it('are several for who asks for others', async () => {
    const editor = await Editor.open(workbench.page, 'third.ts');
    await editor.type('const answ');
    await expect.poll(() => editor.lines()).toEqual([ANSWER]);
    await editor.press('Alt+]');
    await expect.poll(() => editor.ghostText()).toBe(FIRST_ALTERNATIVE);
    await editor.press('Alt+]');
    await expect.poll(() => editor.ghostText()).toBe(SECOND_ALTERNATIVE);
    await workbench.screenshot('completion-alternatives');
    await editor.press('Tab');
    await expect.poll(() => editor.lines()).toEqual([`const answ${SECOND_ALTERNATIVE}`]);
    await editor.clear();
  });

  it('pause, say so, and go on', async () => {
    await workbench.quickInput.run('Endless: Pause Completions');
    await expect.poll(() => workbench.completionStatus.getAttribute('aria-label')).toContain('paused');
    const editor = await Editor.open(workbench.page, 'third.ts');
    await editor.type('const ans');
    await workbench.quickInput.run('Endless: Why No Completion Here?');
    await workbench.page.locator('.view-line', { hasText: 'completions are paused' }).first().waitFor();
    await workbench.screenshot('completion-paused');
    expect(await editor.ghostText()).toBe('');
    await workbench.quickInput.run('Endless: Resume Completions');
    await expect.poll(() => workbench.completionStatus.getAttribute('aria-label')).toContain('completions are on');
    await editor.type('w');
    await expect.poll(() => editor.lines()).toEqual([ANSWER]);
  });

  it('are given between two brackets that the editor has put there at once', async () => {
    const editor = await Editor.open(workbench.page, 'fourth.ts');
    await editor.type('function f() {');
    await editor.ghostLine('return 42;').waitFor();
    await workbench.screenshot('completion-block');
    await editor.press('Tab');
    // What follows is suggested before the bracket, which has a line of its own now.
    await expect.poll(() => editor.lines()).toEqual(['function f() {', '  return 42;', expect.stringMatching(/\}$/)]);
  });

  it('never read what holds secrets, but show the model what was worked with', async () => {
    const shown = (): string => readFileSync(join(workbench.sandbox.runDirectory, SHOWN_FILE), 'utf8');
    const secret = await Editor.open(workbench.page, '.env');
    await expect.poll(() => workbench.completionStatus.getAttribute('aria-label')).toContain('does not read this file');
    await secret.type('1');
    await secret.press('Control+S');
    const other = await Editor.open(workbench.page, 'fifth.ts');
    await other.type('const noted = 1;');
    const next = await Editor.open(workbench.page, 'sixth.ts');
    await next.type('const ans');
    await expect.poll(shown).toContain('"path":"fifth.ts","text":"const noted = 1;"');
    expect(shown()).not.toContain('hush');
  });

  it('show the model what is imported', async () => {
    const importing = await Editor.open(workbench.page, 'importing.ts');
    await importing.type('const ans');
    // What TypeScript finds too late is shown the next time that something is typed.
    let looks = 0;
    const shown = async (): Promise<string> => {
      if (looks++ > 0) await importing.press('Space');
      return readFileSync(join(workbench.sandbox.runDirectory, SHOWN_FILE), 'utf8');
    };
    await expect
      .poll(shown, { interval: 4_000 })
      .toContain('"path":"imported.ts","text":"export function answerOf(question: string): number');
  });
});

describe('completions by the bundled model', () => {
  let workbench: Workbench;
  beforeAll(async () => {
    const settings = { 'editor.quickSuggestions': { other: 'off' } };
    workbench = await Workbench.open({ engine: 'real', settings });
    writeFileSync(join(workbench.sandbox.workspace, 'loop.js'), '');
    await workbench.statusBarItem.waitFor();
  });
  afterAll(() => workbench.dispose());

  it('need nothing but typing, and say how long they took', async () => {
    const editor = await Editor.open(workbench.page, 'loop.js');
    // A bracket that the editor closes at once stands behind the cursor.
    const typed = 'for (let i = 0; i < ';
    await editor.type(typed);
    const suggested = await editor.suggestion();
    await workbench.screenshot('completion-bundled');
    await editor.press('Tab');
    await expect.poll(async () => (await editor.lines())[0]).toContain(typed + suggested);
    await expect.poll(() => workbench.completionStatus.innerText()).toMatch(/\d+ ms/);
  });
});
