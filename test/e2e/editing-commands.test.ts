import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Editor } from './harness/editor.ts';
import { ScriptedRequests } from './harness/scripted-requests.ts';
import { Workbench } from './harness/workbench.ts';

const BROKEN = '{\n  "a": \n}\n';
const NAMES = 'export function twice(n: number): number {\n  return n + n;\n}\n\ntwice(twice(2));\n';

const FILES = {
  'broken.json': BROKEN,
  'names.ts': NAMES,
  'package.json': '{ "devDependencies": { "vitest": "*" } }\n',
};

const fenced = (language: string, ...lines: readonly string[]): string => ['```' + language, ...lines, '```'].join('\n');

describe('commands that change code', () => {
  let workbench: Workbench;
  let requests: ScriptedRequests;
  beforeAll(async () => {
    workbench = await Workbench.open({ engine: 'scripted', files: FILES });
    requests = new ScriptedRequests(workbench.sandbox);
    await workbench.statusBarItem.waitFor();
  });
  afterAll(() => workbench.dispose());

  const madeBy = (command: string): ReturnType<ScriptedRequests['madeBy']> => requests.madeBy(() => workbench.quickInput.run(command));

  /** All editors go into one group, and one of them has the focus. */
  async function joinGroups(): Promise<void> {
    await workbench.quickInput.run('View: Join All Editor Groups');
    await expect.poll(() => workbench.page.locator('.editor-group-container').count()).toBe(1);
    await workbench.page.locator('.editor-instance .monaco-editor.focused').waitFor();
  }

  /** Runs the command that asks what to change, and says it. */
  async function edit(instruction: string): Promise<void> {
    await workbench.quickInput.run('Endless: Edit…');
    await workbench.quickInput.answer('Edit with Endless', instruction);
  }

  it('fix what the lamp stands at, as a diff, in one step of Undo', async () => {
    requests.prepare({ when: 'Value expected', say: fenced('json', '{', '  "a": 1', '}') });
    const editor = await Editor.open(workbench.page, 'broken.json');
    await editor.hasProblems();
    await editor.goTo(3);
    await editor.openLamp();
    const { prompt, settings } = await requests.madeBy(() => editor.chooseFromLamp('Fix with Endless'));
    expect(prompt).toMatchObject({ kind: 'message', lane: 'beside' });
    expect(settings).toMatchObject({ temperature: 0, repeatPenalty: 1 });
    expect('message' in prompt && prompt.message).toMatch(
      /^Mend this code, and change nothing else\.\n- Line 3: Value expected \(json\)\n\nbroken\.json:1-\d\n```json\n\{\n/,
    );
    await workbench.activeTab('broken.json: Fix (Endless)').waitFor();
    await workbench.screenshot('fix-as-diff');
    await workbench.quickInput.run('Endless: Accept All Changes');
    await workbench.activeTab('broken.json: Fix (Endless)').waitFor({ state: 'detached' });
    await editor.focused.waitFor();
    await workbench.activeTab(/^broken\.json$/).waitFor();
    await expect.poll(() => editor.lines()).toEqual(['{', '  "a": 1', '}', '']);
    await editor.press('Control+Z');
    await expect.poll(() => editor.lines()).toEqual(['{', '  "a": ', '}', '']);
    expect(workbench.sandbox.readFile('broken.json')).toBe(BROKEN);
  });

  it('say that there is nothing to fix, and what else could be done', async () => {
    const editor = await Editor.open(workbench.page, 'names.ts');
    await editor.goTo(1);
    await workbench.quickInput.run('Endless: Fix the Problem at the Cursor');
    await workbench.notification('There is no problem at the cursor').waitFor();
    await workbench.clearNotifications();
  });

  it('edit what is selected as the user says, and show the model what stands around it', async () => {
    requests.prepare({ when: 'use a product', say: fenced('ts', '  return 2 * n;') });
    const editor = await Editor.open(workbench.page, 'names.ts');
    await editor.selectLines(2, 2);
    const { prompt } = await requests.madeBy(async () => {
      await editor.press('Control+Alt+E');
      await workbench.page.getByText('What to change in the selected lines').waitFor();
      await workbench.screenshot('instruction');
      await workbench.quickInput.answer('Edit with Endless', 'use a product');
    });
    expect('message' in prompt && prompt.message).toMatch(
      /^use a product\n\nnames\.ts:2\n```typescript\n {2}return n \+ n;\n```\n\n[^]+\nexport function twice[^]+…\n\}/,
    );
    await workbench.activeTab('names.ts: Edit (Endless)').waitFor();
    await workbench.quickInput.run('Endless: Reject All Changes');
    await workbench.activeTab(/^names\.ts$/).waitFor();
    await expect.poll(async () => (await editor.lines())[1]).toBe('  return n + n;');
  });

  it('are cancelled while the model works, and change nothing then', async () => {
    requests.prepare({ when: 'for ever', say: '/slow 5' });
    const editor = await Editor.open(workbench.page, 'names.ts');
    await editor.goTo(1);
    const { prompt } = await requests.madeBy(() => edit('go on for ever'));
    expect('message' in prompt && prompt.message).toContain('names.ts:1-');
    const progress = workbench.notification('Endless: Edit');
    await expect.poll(() => progress.innerText()).toContain('writing…');
    await workbench.screenshot('edit-progress');
    const { finish } = await requests.answeredAfter(() => progress.getByRole('button', { name: 'Cancel' }).click());
    expect(finish).toBe('stopped');
    await progress.waitFor({ state: 'detached' });
    await workbench.activeTab(/^names\.ts$/).waitFor();
    await expect.poll(async () => (await editor.lines()).join('\n')).toBe(NAMES);
  });

  it('refuse an answer without code, say so, and show it to whoever wants to read it', async () => {
    requests.prepare({ when: 'something odd', say: 'I would rather not.' });
    await Editor.open(workbench.page, 'names.ts');
    await edit('something odd');
    const refusal = workbench.notification('The model answered without code');
    await refusal.waitFor();
    await workbench.screenshot('edit-refused');
    await refusal.getByRole('button', { name: 'Show Answer' }).click();
    await workbench.activeTab('Untitled-1').waitFor();
    await workbench.page.locator('.view-line', { hasText: 'I would rather not.' }).first().waitFor();
  });

  it('write no tests for what has no place yet', async () => {
    await workbench.activeTab('Untitled-1').waitFor();
    const before = requests.count;
    await workbench.quickInput.run('Endless: Write Tests');
    await workbench.notification('Save it first').waitFor();
    expect(requests.count).toBe(before);
  });

  it('say that the conversation did not fit', async () => {
    requests.prepare({ when: 'double', say: 'No.', change: 'no-room' });
    await Editor.open(workbench.page, 'names.ts');
    await edit('double it');
    await workbench.page.locator('.statusbar-item', { hasText: 'Endless worked without the conversation' }).waitFor();
    await workbench.screenshot('lane-change');
    await workbench.clearNotifications();
  });

  it('document the function at the cursor', async () => {
    requests.prepare({
      when: 'Document this code',
      say: fenced('ts', '/** Adds a number to itself. */', ...NAMES.split('\n').slice(0, 3)),
    });
    const editor = await Editor.open(workbench.page, 'names.ts');
    await editor.goTo(2, 3);
    await editor.knowsDeclaration('twice');
    const { prompt } = await requests.madeBy(() => editor.menu.choose('Write Documentation'));
    expect('message' in prompt && prompt.message).toMatch(/^Document this code: [^]+names\.ts:1-3\n/);
    await workbench.activeTab('names.ts: Documentation (Endless)').waitFor();
    await workbench.quickInput.run('Endless: Accept All Changes');
    await workbench.activeTab('names.ts: Documentation (Endless)').waitFor({ state: 'detached' });
    await editor.focused.waitFor();
    await expect.poll(async () => (await editor.lines())[0]).toBe('/** Adds a number to itself. */');
    await editor.press('Control+Z');
    await expect.poll(async () => (await editor.lines()).join('\n')).toBe(NAMES);
  });

  it('write tests into a file that is not saved, under a name that is free', async () => {
    requests.prepare({ when: 'Write tests', say: fenced('ts', "test('twice', () => {});") });
    await Editor.open(workbench.page, 'names.ts');
    const first = await madeBy('Endless: Write Tests');
    expect('message' in first.prompt && first.prompt.message).toMatch(/ with vitest\.[^]+The tests go into the file names\.test\.ts\./);
    await workbench.activeTab('names.test.ts').waitFor();
    await workbench.screenshot('tests');
    expect(workbench.sandbox.has('names.test.ts')).toBe(false);
    await joinGroups();
    await Editor.open(workbench.page, 'names.ts');
    const second = await madeBy('Endless: Write Tests');
    expect('message' in second.prompt && second.prompt.message).toContain('names2.test.ts');
    await workbench.activeTab('names2.test.ts').waitFor();
    await joinGroups();
  });

  it('suggest names, and rename all uses in one step of Undo', async () => {
    requests.prepare({ when: '`twice`', say: '1. `doubled`\n2. `double`\n3. sum' });
    const editor = await Editor.open(workbench.page, 'names.ts');
    await editor.goTo(5, 2);
    const { prompt, settings } = await requests.madeBy(() => editor.menu.choose('Suggest Names…'));
    expect(prompt).toMatchObject({ lane: 'alone' });
    // Five names, and room for models that think before.
    expect(settings.maxAnswerTokens).toBeGreaterThan(0);
    expect(settings.maxAnswerTokens).toBeLessThan(1000);
    await expect.poll(() => workbench.quickInput.choices()).toEqual(['doubled', 'double', 'sum']);
    await workbench.screenshot('names');
    await workbench.quickInput.choose('double');
    await expect
      .poll(() => editor.lines())
      .toEqual(['export function double(n: number): number {', ...NAMES.split('\n').slice(1, 4), 'double(double(2));', '']);
    await editor.press('Control+Z');
    await expect.poll(async () => (await editor.lines()).join('\n')).toBe(NAMES);
  });

  it('take a name that is written before the model has found any', async () => {
    requests.prepare({ when: '`twice`', say: '/slow 3' });
    const editor = await Editor.open(workbench.page, 'names.ts');
    await editor.goTo(5, 2);
    await madeBy('Endless: Suggest Names…');
    await workbench.screenshot('names-awaited');
    const { finish } = await requests.answeredAfter(() => workbench.quickInput.answer('Rename “twice”', 'twofold'));
    expect(finish).toBe('stopped');
    await expect.poll(async () => (await editor.lines())[4]).toBe('twofold(twofold(2));');
    await editor.press('Control+Z');
    await expect.poll(async () => (await editor.lines()).join('\n')).toBe(NAMES);
  });

  it('stop to look for names when the list is closed', async () => {
    const editor = await Editor.open(workbench.page, 'names.ts');
    await editor.goTo(5, 2);
    await madeBy('Endless: Suggest Names…');
    const { finish } = await requests.answeredAfter(() => editor.press('Escape'));
    expect(finish).toBe('stopped');
    await expect.poll(async () => (await editor.lines()).join('\n')).toBe(NAMES);
  });

  it('say why the language does not rename', async () => {
    requests.prepare({ when: '`return`', say: 'give' });
    const editor = await Editor.open(workbench.page, 'names.ts');
    await editor.goTo(2, 4);
    await madeBy('Endless: Suggest Names…');
    await expect.poll(() => workbench.quickInput.choices()).toEqual(['give']);
    await workbench.quickInput.choose('give');
    await workbench.notification('Nothing was renamed').waitFor();
    await workbench.screenshot('not-renamed');
    await workbench.clearNotifications();
  });

  it('know the conversation or not, as the user wishes', async () => {
    await workbench.changeSettings({ 'endless.commands.knowConversation': { document: false } });
    requests.prepare({ when: 'Document this code', say: 'No.' });
    await Editor.open(workbench.page, 'names.ts');
    expect((await madeBy('Endless: Write Documentation')).prompt).toMatchObject({ lane: 'alone' });
  });
});
