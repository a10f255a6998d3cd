import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Editor } from './harness/editor.ts';
import { ScriptedRequests } from './harness/scripted-requests.ts';
import { Workbench } from './harness/workbench.ts';

const BROKEN = '{\n  "a": \n}\n';

/** Commands that write, each with a key that the user has bound to it without any condition. */
const WRITING = {
  'endless.edit': 'ctrl+f9',
  'endless.fix': 'ctrl+f10',
  'endless.document': 'ctrl+alt+f9',
  'endless.tests': 'ctrl+alt+f10',
  'endless.rename': 'ctrl+alt+f8',
  'endless.commitMessage': 'ctrl+alt+f7',
} as const;
const ACCEPT_ALL = { command: 'endless.edits.acceptAll', key: 'ctrl+alt+f6' };

/** A key as the browser calls it. */
const pressed = (key: string): string => key.replace('ctrl', 'Control').replace('alt', 'Alt').replace('f', 'F');

describe('commands in a workspace that is not trusted', () => {
  let workbench: Workbench;
  let requests: ScriptedRequests;
  beforeAll(async () => {
    const keys = [...Object.entries(WRITING).map(([command, key]) => ({ command, key })), ACCEPT_ALL];
    workbench = await Workbench.open({ engine: 'scripted', restricted: true, files: { 'broken.json': BROKEN }, keys });
    requests = new ScriptedRequests(workbench.sandbox);
    await workbench.restrictedMode.waitFor();
    await workbench.statusBarItem.waitFor();
  });
  afterAll(() => workbench.dispose());

  it('are in the palette only if they write nothing', async () => {
    await Editor.open(workbench.page, 'broken.json');
    // The palette draws no more than there is room for, so each is looked for by itself.
    for (const title of ['Explain', 'Explain the Problem at the Cursor', 'Review Selection or File', 'Review Changes'])
      await expect.poll(() => workbench.quickInput.offered(`Endless: ${title}`)).toContain(`Endless: ${title}`);
    for (const title of ['Edit', 'Fix', 'Write', 'Suggest', 'Generate', 'Accept'])
      await expect.poll(() => workbench.quickInput.offered(`Endless: ${title}`)).toEqual([]);
  });

  it('cannot be chosen in the menu of the editor if they write', async () => {
    const editor = await Editor.open(workbench.page, 'broken.json');
    await expect.poll(() => editor.menu.labels()).toEqual(['Explain', 'Review Selection or File']);
    await workbench.screenshot('restricted-menu');
    await editor.press('Escape');
    await editor.press('Escape');
  });

  it('are offered by the lamp only if they write nothing', async () => {
    const editor = await Editor.open(workbench.page, 'broken.json');
    await editor.hasProblems();
    await editor.goTo(3);
    expect(await editor.openLamp()).toEqual(['Explain with Endless']);
    await editor.press('Escape');
  });

  it('do nothing but say so when they are run all the same', async () => {
    const editor = await Editor.open(workbench.page, 'broken.json');
    await editor.goTo(3);
    // That it was heard the first of those behind it says.
    await editor.press(pressed(ACCEPT_ALL.key));
    for (const key of Object.values(WRITING)) {
      await editor.focused.waitFor();
      await editor.press(pressed(key));
      await workbench.quickInput.run('Notifications: Show Notifications');
      await workbench.listedNotification('does not write anything in this workspace, since it is not trusted').waitFor();
      await workbench.clearNotifications();
    }
    expect(requests.count).toBe(0);
    await expect.poll(async () => (await editor.lines()).join('\n')).toBe(BROKEN);
  });

  it('explain what is selected, as ever', async () => {
    const editor = await Editor.open(workbench.page, 'broken.json');
    await editor.selectLines(1, 2);
    const message = await requests.sentBy(() => workbench.quickInput.run('Endless: Explain'));
    expect(message).toContain('broken.json:1-2\n');
  });
});
