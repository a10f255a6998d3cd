import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Editor } from './harness/editor.ts';
import { SourceControl } from './harness/source-control.ts';
import { Workbench } from './harness/workbench.ts';

const SHORT = 'export function add(a: number, b: number): number {\n  return a + b;\n}\n';

/** A toy may say anything; what becomes of that is not left to chance. */
describe('commands with the bundled model', () => {
  let workbench: Workbench;
  beforeAll(async () => {
    workbench = await Workbench.open({ engine: 'real', files: { 'short.ts': SHORT } });
    const { sandbox } = workbench;
    sandbox.git('init', '--quiet');
    sandbox.git('add', '.');
    await workbench.statusBarItem.waitFor();
  });
  afterAll(() => workbench.dispose());

  it('explain in the chat', async () => {
    const editor = await Editor.open(workbench.page, 'short.ts');
    await editor.selectLines(1, 3);
    await workbench.quickInput.run('Endless: Explain');
    await workbench.chat.turns.last().locator('article.answer[aria-busy="false"]').waitFor({ timeout: 120_000 });
    await expect.poll(() => workbench.chat.lastAnswer.innerText()).not.toBe('');
    await expect.poll(() => workbench.chat.turns.count()).toBe(1);
  });

  it('end an edit in a diff, or say why there is none', async () => {
    await Editor.open(workbench.page, 'short.ts');
    await workbench.quickInput.run('Endless: Edit…');
    await workbench.quickInput.answer('Edit with Endless', 'Add a comment above the function.');
    const diff = workbench.activeTab('short.ts: Edit (Endless)');
    const refusal = workbench.notification(/nothing was changed|is not clear|would leave everything as it is/);
    await diff.or(refusal).first().waitFor({ timeout: 120_000 });
    await workbench.screenshot('bundled-edit');
    expect(workbench.sandbox.readFile('short.ts')).toBe(SHORT);
    // The conversation is the same as before.
    await expect.poll(() => workbench.chat.turns.count()).toBe(1);
  });

  it('write a message for a commit, or say that there is none', async () => {
    const changes = await SourceControl.open(workbench.page);
    await changes.change('short.ts').waitFor();
    await changes.press('Generate Commit Message');
    const failed = workbench.notification('did not say anything that could be used');
    await expect.poll(async () => (await changes.message()) !== '' || (await failed.isVisible()), { timeout: 120_000 }).toBe(true);
    await expect.poll(() => changes.buttons(), { timeout: 120_000 }).toContain('Generate Commit Message');
    await workbench.screenshot('bundled-commit-message');
  });
});
