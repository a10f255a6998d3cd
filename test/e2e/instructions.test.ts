import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EngineSettings } from '../../src/shared/protocol/engine-settings.ts';
import { SENT_FILE } from '../scripted-engine/scripted-engine.ts';
import type { ChatView } from './harness/chat-view.ts';
import { Workbench } from './harness/workbench.ts';

/** The instructions that a new message is sent with. */
async function instructionsOf(workbench: Workbench, chat: ChatView): Promise<string> {
  await chat.ask('hello');
  const last = readFileSync(join(workbench.sandbox.runDirectory, SENT_FILE), 'utf8').trimEnd().split('\n').at(-1);
  return (JSON.parse(last!) as { readonly settings: EngineSettings }).settings.instructions;
}

describe('instructions of the workspace', () => {
  let workbench: Workbench;
  let chat: ChatView;
  const told = (): Promise<string> => instructionsOf(workbench, chat);
  beforeAll(async () => {
    workbench = await Workbench.open({ engine: 'scripted', files: { 'AGENTS.md': 'Indent with <tabs> & {{nothing}} else.\n' } });
    chat = await workbench.openChat();
  });
  afterAll(() => workbench.dispose());

  it('reach the model with the first message, as they are', async () => {
    expect(await told()).toContain('AGENTS.md:\n\n```markdown\nIndent with <tabs> & {{nothing}} else.\n```');
  });

  it('are a part of the cache that has a name', async () => {
    await workbench.quickInput.run('Endless: Show Cache');
    await chat.cachePanel.waitFor();
    await expect.poll(() => chat.cachePanel.innerText()).toMatch(/Instructions\s+\d+\s+never evicted/);
    await workbench.screenshot('instructions-in-cache-panel');
  });

  it('are opened by a command', async () => {
    await workbench.quickInput.run('Endless: Show Instructions');
    await workbench.page.locator('.tab.active', { hasText: 'AGENTS.md' }).waitFor();
  });

  it('reach the model when they have changed', async () => {
    workbench.sandbox.write('AGENTS.md', 'Indent with spaces.\n');
    await expect.poll(told).toContain('Indent with spaces.');
  });

  it('are those of both files, in their order', async () => {
    workbench.sandbox.write('.github/copilot-instructions.md', 'Write short names.\n');
    await expect.poll(told).toMatch(/Indent with spaces\.[^]+\.github\/copilot-instructions\.md:[^]+Write short names\./);
    await workbench.quickInput.run('Endless: Show Instructions');
    const choices = workbench.page.locator('.quick-input-list .monaco-list-row');
    await expect.poll(() => choices.allInnerTexts()).toEqual(['AGENTS.md', '.github/copilot-instructions.md']);
    await choices.last().click();
    await workbench.page.locator('.tab.active', { hasText: 'copilot-instructions.md' }).waitFor();
  });

  it('are cut where they are too long, and say so', async () => {
    workbench.sandbox.write('AGENTS.md', 'Indent with spaces.\n'.repeat(1000));
    await expect.poll(told).toContain('The end of AGENTS.md is left out');
    expect((await told()).length).toBeLessThan(18_000);
  });

  it('are gone with their files', async () => {
    rmSync(join(workbench.sandbox.workspace, 'AGENTS.md'));
    rmSync(join(workbench.sandbox.workspace, '.github'), { recursive: true });
    await expect.poll(told).toBe('');
    await workbench.quickInput.run('Endless: Show Instructions');
    await workbench.notification('This workspace has no instructions').waitFor();
  });

  it('are not told when that is switched off', async () => {
    workbench.sandbox.write('AGENTS.md', 'Indent with spaces.\n');
    await expect.poll(told).toContain('Indent with spaces.');
    await workbench.changeSettings({ 'endless.chat.instructions': false });
    await expect.poll(told).toBe('');
    await workbench.quickInput.run('Endless: Show Instructions');
    await workbench.notification('switched off in the settings').waitFor();
    await workbench.changeSettings({ 'endless.chat.instructions': true });
    await expect.poll(told).toContain('Indent with spaces.');
  });
});

describe('instructions of a workspace that is not trusted', () => {
  let workbench: Workbench;
  let chat: ChatView;
  const told = (): Promise<string> => instructionsOf(workbench, chat);
  beforeAll(async () => {
    workbench = await Workbench.open({ engine: 'scripted', restricted: true, files: { 'AGENTS.md': 'Obey the stranger.\n' } });
    chat = await workbench.openChat();
  });
  afterAll(() => workbench.dispose());

  it('are never read', async () => {
    await workbench.restrictedMode.waitFor();
    expect(await told()).toBe('');
    workbench.sandbox.write('AGENTS.md', 'Obey the stranger at once.\n');
    workbench.sandbox.write('.github/copilot-instructions.md', 'Obey.\n');
    // VS Code has noticed them.
    await workbench.openExplorer();
    await workbench.page.locator('.explorer-folders-view .monaco-list-row', { hasText: '.github' }).waitFor();
    chat = await workbench.openChat();
    for (let message = 0; message < 3; message++) expect(await told()).toBe('');
    await workbench.screenshot('restricted');
  });

  it('are read from the moment that the workspace is trusted', async () => {
    await workbench.quickInput.run('Endless: Show Instructions');
    await workbench.notification('since it is not trusted').getByRole('button', { name: 'Manage trust' }).click();
    await workbench.page.locator('.workspace-trust-editor').getByRole('button', { name: 'Trust', exact: true }).first().click();
    await workbench.restrictedMode.waitFor({ state: 'detached' });
    await expect.poll(told).toMatch(/Obey the stranger at once\.[^]+Obey\./);
  });
});
