import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChatView } from './harness/chat-view.ts';
import { Editor } from './harness/editor.ts';
import { Workbench } from './harness/workbench.ts';

const THEMES = [
  { kind: 'vscode-light', theme: 'Default Light Modern' },
  { kind: 'vscode-dark', theme: 'Default Dark Modern' },
  { kind: 'vscode-high-contrast', theme: 'Default High Contrast' },
  { kind: 'vscode-high-contrast-light', theme: 'Default High Contrast Light' },
];

/** One picture of each state in each theme, for people to look at. */
describe('appearance', () => {
  let workbench: Workbench;
  let chat: ChatView;
  beforeAll(async () => {
    // What TypeScript suggests by itself, and when, would take the place of a completion.
    const settings = { 'endless.cache.window': 1024, 'editor.quickSuggestions': { other: 'off' } };
    workbench = await Workbench.open({ engine: 'scripted', settings });
    for (const { theme } of THEMES) writeFileSync(join(workbench.sandbox.workspace, `${theme}.ts`), '');
    chat = await workbench.openChat();
  });
  afterAll(() => workbench.dispose());

  it.each(THEMES)('follows $theme in every state', async ({ kind, theme }) => {
    const picture = (state: string): Promise<void> => workbench.screenshot(`${kind}/${state}`);
    await workbench.changeSettings({ 'workbench.colorTheme': theme });
    await expect.poll(() => chat.body.getAttribute('data-vscode-theme-kind')).toBe(kind);

    await chat.ask('/markdown');
    await picture('answered');
    await chat.ask('/evict 900');
    await chat.ask('/evict 600');
    await chat.divider.waitFor();
    await chat.cacheBar.getByRole('button').click();
    await picture('evicted-with-cache-panel');
    await chat.cacheBar.getByRole('button').click();
    await chat.ask('/loop');
    await picture('repetition');
    await chat.ask('/fail out-of-memory');
    await picture('failed');
    await chat.send('/progress');
    await expect.poll(() => chat.activity.innerText()).toContain('500 / 1,000');
    await picture('prompt-processing');
    await chat.stopButton.click();
    await expect.poll(() => chat.activity.count()).toBe(0);

    const editor = await Editor.open(workbench.page, `${theme}.ts`);
    await editor.type('const ans');
    await expect.poll(() => editor.ghostText()).not.toBe('');
    await picture('completion');
    await workbench.completionStatus.click();
    await workbench.page.locator('.quick-input-list .monaco-list-row', { hasText: 'Pause completions' }).waitFor();
    await picture('completion-menu');
    await editor.press('Escape');
  });
});
