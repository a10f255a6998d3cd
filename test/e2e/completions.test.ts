import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SCRIPTED_LINES } from '../scripted-engine/scripted-completion.ts';
import { Editor } from './harness/editor.ts';
import { Workbench } from './harness/workbench.ts';

const [ANSWER = '', QUESTION = ''] = SCRIPTED_LINES;

describe('completions', () => {
  let workbench: Workbench;
  beforeAll(async () => {
    workbench = await Workbench.open({ engine: 'scripted', settings: { 'editor.quickSuggestions': { other: 'off' } } });
    for (const name of ['first.ts', 'second.ts', 'third.ts']) writeFileSync(join(workbench.sandbox.workspace, name), '');
    writeFileSync(join(workbench.sandbox.workspace, '.env'), 'KEY=');
    // Only now is the extension active, and hears of keys.
    await workbench.statusBarItem.waitFor();
  });
  afterAll(() => workbench.dispose());

  it('appear while somebody types, are accepted with Tab, and the next one follows', async () => {
    const editor = await Editor.open(workbench.page, 'first.ts');
    await editor.type('const ans');
    await expect.poll(() => editor.lines()).toEqual([ANSWER]);
    expect(await editor.ghostText()).toBe(ANSWER.slice('const ans'.length));
    await workbench.screenshot('completion');
    await editor.press('Tab');
    await expect.poll(() => editor.ghostText()).toBe('');
    expect(await editor.lines()).toEqual([ANSWER]);
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

  it('pause, say so, and go on', async () => {
    await workbench.runCommand('Endless: Pause Completions');
    await expect.poll(() => workbench.completionStatus.getAttribute('aria-label')).toContain('paused');
    const editor = await Editor.open(workbench.page, 'third.ts');
    await editor.type('const ans');
    await workbench.runCommand('Endless: Why No Completion Here?');
    await workbench.page.locator('.view-line', { hasText: 'completions are paused' }).first().waitFor();
    await workbench.screenshot('completion-paused');
    expect(await editor.ghostText()).toBe('');
    await workbench.runCommand('Endless: Resume Completions');
    await editor.type('w');
    await expect.poll(() => editor.lines()).toEqual([ANSWER]);
  });

  it('never read what holds secrets', async () => {
    await Editor.open(workbench.page, '.env');
    await expect.poll(() => workbench.completionStatus.getAttribute('aria-label')).toContain('does not read this file');
  });
});

describe('completions by the bundled model', () => {
  let workbench: Workbench;
  beforeAll(async () => {
    const settings = { 'editor.quickSuggestions': { other: 'off' }, 'editor.autoClosingBrackets': 'never' };
    workbench = await Workbench.open({ engine: 'real', settings });
    writeFileSync(join(workbench.sandbox.workspace, 'loop.js'), '');
    await workbench.statusBarItem.waitFor();
  });
  afterAll(() => workbench.dispose());

  it('need nothing but typing, and say how long they took', async () => {
    const editor = await Editor.open(workbench.page, 'loop.js');
    const typed = 'for (let i = 0; i < ';
    await editor.type(typed);
    await expect.poll(() => editor.ghostText(), { timeout: 60_000 }).not.toBe('');
    const suggested = await editor.ghostText();
    await workbench.screenshot('completion-bundled');
    await editor.press('Tab');
    await expect.poll(async () => (await editor.lines())[0]).toContain(typed + suggested);
    await expect.poll(() => workbench.completionStatus.innerText()).toMatch(/\d+ ms/);
  });
});
