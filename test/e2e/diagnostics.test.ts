import { userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Workbench } from './harness/workbench.ts';

/** Stands wherever something of a user may stand. */
const SECRET = 'Rumpelstilzchen';

describe('the diagnostics', () => {
  let workbench: Workbench;
  beforeAll(async () => {
    workbench = await Workbench.open({
      engine: 'real',
      files: { [`${SECRET}.ts`]: `const password = '${SECRET}';\n` },
      settings: {
        'endless.chat.systemPrompt': `You are ${SECRET}.`,
        'endless.completions.model': join('/home', SECRET, 'small.gguf'),
        'endless.chat.temperature': 0,
        'endless.chat.maxAnswerTokens': 5,
      },
    });
  });
  afterAll(() => workbench.dispose());

  const copyAll = async (): Promise<string> => {
    await workbench.copy('');
    await workbench.page.locator('.editor-instance .monaco-editor.focused').waitFor();
    await workbench.page.keyboard.press('Control+A');
    await workbench.page.keyboard.press('Control+C');
    await expect.poll(() => workbench.copied()).not.toBe('');
    return workbench.copied();
  };

  it('say what runs, and nothing of the user, the workspace or the conversation', async () => {
    const chat = await workbench.openChat();
    await chat.ask(`My name is ${SECRET}.`);
    await workbench.quickInput.run('Endless: Show Diagnostics');
    await workbench.activeTab('Endless diagnostics.md').waitFor();
    const text = await copyAll();
    await workbench.screenshot('diagnostics');
    for (const line of [
      '- State: ready',
      '- node-llama-cpp: 3.',
      '- Contexts: chat',
      '- File: endless-tiny.gguf',
      '- Positions can be shifted: yes',
    ])
      expect(text).toContain(`\n${line}`);
    expect(text).toContain('\n- chat.systemPrompt: 24 characters');
    expect(text).toContain('\n- completions.model: small.gguf');
    expect(text).not.toContain(SECRET);
    expect(text).not.toContain(workbench.sandbox.root);
    expect(text).not.toContain(`/${userInfo().username}/`);
  });

  it('cannot be changed', async () => {
    const before = await copyAll();
    await workbench.page.keyboard.type('changed');
    expect(await copyAll()).toBe(before);
  });
});
