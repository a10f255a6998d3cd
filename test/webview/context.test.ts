import { describe, expect, it } from 'vitest';
import { attached, attachment, fileSuggestion, SUGGESTIONS } from './fixtures/attachments.ts';
import { state, turn } from './fixtures/conversation.ts';
import { openView, useBrowser, type View } from './page/view.ts';

useBrowser();

const options = (view: View) => view.page.getByRole('option');
const active = (view: View) => view.page.getByRole('option', { selected: true });
const chips = (view: View) => view.page.getByRole('list', { name: 'Attached to this message' }).getByRole('listitem');

/** Opens the view, writes, and answers what the menu asks. */
async function openMenu(text = '@', suggestions = SUGGESTIONS): Promise<View> {
  const view = await openView();
  await view.tell(state([]));
  await view.type(text);
  await answer(view, suggestions);
  return view;
}

async function answer(view: View, suggestions = SUGGESTIONS, isComplete = true): Promise<void> {
  const { key } = await view.nextOfType('suggest');
  await view.tell({ type: 'suggested', key, suggestions: [...suggestions], isComplete });
}

describe('the menu of what can be attached', () => {
  it.each(['@', 'Why does @', 'a line\n@'])('opens at an @ that begins a word: %j', async (text) => {
    const view = await openMenu(text);
    await expect.poll(() => options(view).count()).toBe(SUGGESTIONS.length);
  });

  it.each(['ada@', 'a@b', 'no sign'])('does not open otherwise: %j', async (text) => {
    const view = await openView();
    await view.tell(state([]));
    await view.type(text);
    expect(await view.postedOfType('suggest')).toEqual([]);
    expect(await view.page.getByRole('listbox').count()).toBe(0);
  });

  it('asks for what is typed behind the sign, each time under a key of its own', async () => {
    const view = await openView();
    await view.tell(state([]));
    await view.type('see @');
    await view.type('par');
    await view.type('se');
    await expect.poll(async () => (await view.postedOfType('suggest')).map(({ query }) => query)).toEqual(['', 'par', 'parse']);
    expect(new Set((await view.postedOfType('suggest')).map(({ key }) => key)).size).toBe(3);
  });

  it('shows what was found in groups, and what of it was matched', async () => {
    const view = await openMenu('@par');
    await expect.poll(() => view.page.getByRole('group', { name: 'Files' }).getByRole('option').count()).toBe(3);
    const file = view.page.getByRole('group', { name: 'Files' }).getByRole('option').nth(1);
    await expect.poll(() => file.innerText()).toMatch(/^parse\.ts\s*src$/);
    await expect.poll(() => file.locator('mark').allInnerTexts()).toEqual(['par']);
  });

  it.each(['Enter', 'Tab'])('gives what the arrows have chosen with %s, and takes what was typed for it out of the text', async (key) => {
    const view = await openMenu('Why does @par');
    await view.page.keyboard.press('ArrowDown');
    await view.page.keyboard.press('ArrowDown');
    await view.page.keyboard.press('ArrowUp');
    await expect.poll(() => active(view).innerText()).toContain('Problems in this file');
    await view.page.keyboard.press(key);
    expect(await view.nextOfType('attach')).toEqual({ type: 'attach', item: { kind: 'problems', of: 'file' } });
    await expect.poll(() => view.composer.inputValue()).toBe('Why does ');
    await expect.poll(() => view.composer.evaluate((element) => element === document.activeElement)).toBe(true);
    expect(await view.postedOfType('send')).toEqual([]);
  });

  it('goes round with the arrows', async () => {
    const view = await openMenu();
    await view.page.keyboard.press('ArrowUp');
    await expect.poll(() => active(view).innerText()).toContain('parse');
  });

  it('gives what is clicked', async () => {
    const view = await openView();
    await view.tell(state([]));
    await view.type(' and more');
    await view.composer.press('Home');
    await view.type('@pars');
    await answer(view);
    await options(view).nth(4).click();
    expect((await view.nextOfType('attach')).item).toEqual({ kind: 'file', uri: 'file:///w/src/parse.ts' });
    await expect.poll(() => view.composer.inputValue()).toBe(' and more');
  });

  it('closes with Escape and stays closed at this sign, and no answer is stopped', async () => {
    const view = await openMenu();
    await view.tell(state([turn(1, { state: 'running', answer: '' })]));
    await view.page.keyboard.press('Escape');
    await expect.poll(() => view.page.getByRole('listbox').count()).toBe(0);
    expect(await view.postedOfType('stop')).toEqual([]);
    await view.type('param');
    await expect.poll(() => view.page.getByRole('listbox').count()).toBe(0);
    await view.type(' @');
    await answer(view);
    await expect.poll(() => options(view).count()).toBeGreaterThan(0);
  });

  it('closes behind white space, and without the focus', async () => {
    const view = await openMenu('@par');
    await view.type(' ');
    await expect.poll(() => view.page.getByRole('listbox').count()).toBe(0);
    await view.type('@');
    await answer(view);
    await view.scroller.focus();
    await expect.poll(() => view.page.getByRole('listbox').count()).toBe(0);
  });

  it('sends with Enter where nothing is called like this', async () => {
    const view = await openMenu('ask @nobody', []);
    await view.page.keyboard.press('Enter');
    expect((await view.nextOfType('send')).message).toBe('ask @nobody');
  });

  it('knows only the newest query', async () => {
    const view = await openView();
    await view.tell(state([]));
    await view.type('@a');
    const { key } = await view.nextOfType('suggest');
    await view.type('b');
    await view.tell({ type: 'suggested', key, suggestions: [fileSuggestion('old.ts')], isComplete: true });
    expect(await options(view).count()).toBe(0);
    await answer(view, [fileSuggestion('ab.ts')]);
    await expect.poll(() => options(view).allInnerTexts()).toEqual(['ab.ts']);
  });

  it('gives the first that comes where Enter was faster', async () => {
    const view = await openView();
    await view.tell(state([]));
    await view.type('@parse');
    await view.page.keyboard.press('Enter');
    expect(await view.postedOfType('attach')).toEqual([]);
    await answer(view, [fileSuggestion('src/parse.ts')], false);
    expect((await view.nextOfType('attach')).item).toMatchObject({ uri: 'file:///w/src/parse.ts' });
  });

  it('opens with its button where the cursor is, and leaves no sign', async () => {
    const view = await openView();
    await view.tell(state([]));
    await view.type('Why ');
    await view.button('Add context (@)').click();
    await view.type('par');
    expect((await view.nextOfType('suggest')).query).toBe('par');
    await answer(view);
    await view.page.keyboard.press('Enter');
    await expect.poll(() => view.composer.inputValue()).toBe('Why ');
    await expect.poll(() => view.postedOfType('attach')).toHaveLength(1);
  });

  it('shows names of files as text, on one line each', async () => {
    const view = await openMenu('@', [fileSuggestion('<img src=x onerror=alert(1)>/a\uFFFDb.ts'), fileSuggestion('\u05D0\u05D1.ts')]);
    await expect.poll(() => options(view).first().innerText()).toContain('<img src=x');
    expect(view.errors).toEqual([]);
    expect(await view.page.locator('.context-menu img').count()).toBe(0);
  });

  it('tells a screen reader how many there are, and which one is active', async () => {
    const view = await openMenu();
    await view.page.getByRole('status').getByText('7 suggestions').waitFor({ state: 'attached' });
    const id = await active(view).getAttribute('id');
    await expect.poll(() => view.composer.getAttribute('aria-activedescendant')).toBe(id);
    await expect.poll(() => view.composer.getAttribute('aria-controls')).toBe('context-menu');
  });
});

describe('what is attached', () => {
  it('stands over the text with its tokens, and opens its file', async () => {
    const view = await openView();
    await view.tell(state([]), attached(attachment('parse', { label: 'src/parse.ts:10-42', kind: 'range', line: 10, tokens: 1240 })));
    await expect.poll(() => chips(view).innerText()).toMatch(/src\/\s*parse\.ts:10-42\s*1,240 tokens/);
    await chips(view).getByText('parse.ts').click();
    expect(await view.nextOfType('openSource')).toEqual({ type: 'openSource', uri: 'file:///w/src/parse.ts', line: 10 });
  });

  it('says nothing of tokens that are not known, and opens nothing that stands in no file', async () => {
    const view = await openView();
    const terminal = { key: 't', kind: 'terminal', label: 'Terminal, 12 lines', parts: [] } as const;
    await view.tell(state([]), { type: 'attached', attachments: [{ ...terminal, parts: [] }] });
    expect((await chips(view).innerText()).trim()).toBe('Terminal, 12 lines');
    await expect.poll(() => chips(view).getByRole('button').count()).toBe(1);
  });

  it('is removed with its button', async () => {
    const view = await openView();
    await view.tell(state([]), attached(attachment('a'), attachment('b')));
    await view.button('Remove src/b.ts').click();
    expect(await view.nextOfType('detach')).toEqual({ type: 'detach', key: 'b' });
  });

  it('goes with the message, and comes back with it', async () => {
    const view = await openView();
    const both = attached(attachment('a'), attachment('b'));
    await view.tell(state([]), both);
    await view.type('Why?');
    await view.page.keyboard.press('Enter');
    const { key, attachments } = await view.nextOfType('send');
    expect(attachments).toEqual(['a', 'b']);
    expect(await chips(view).count()).toBe(0);
    await view.tell({ type: 'rejected', key, error: { code: 'engine-crashed', args: {} } }, both);
    await expect.poll(() => chips(view).count()).toBe(2);
  });

  it('is sent again after a reload', async () => {
    const view = await openView();
    await view.tell(state([]), attached(attachment('a')));
    await view.type('Why?');
    await view.page.keyboard.press('Enter');
    const sent = await view.nextOfType('send');
    await view.reload();
    await view.tell(attached(attachment('a')), state([]));
    await expect.poll(() => view.postedOfType('send')).toEqual([sent]);
    expect(await chips(view).count()).toBe(0);
  });

  it('leaves the end of a path readable at 260 pixels', async () => {
    const view = await openView({ width: 260 });
    const label = `packages/${'nested/'.repeat(20)}parse.ts:10-42`;
    await view.tell(state([]), attached(attachment('long', { label })));
    const end = view.page.locator('.attachments .path-end');
    await expect.poll(() => end.evaluate((element) => element.scrollWidth <= element.clientWidth)).toBe(true);
    await expect.poll(() => view.page.evaluate(() => document.documentElement.scrollWidth)).toBe(260);
    await expect.poll(() => view.page.getByTitle(label, { exact: true }).count()).toBe(1);
  });
});

describe('what is too large', () => {
  const big = attachment('big', { tokens: 12_300, room: 6_900, parts: ['outline', 'cursor', 'beginning', 'lines'] });

  it('says so, and what could be attached in its place', async () => {
    const view = await openView();
    await view.tell(state([]), attached(big));
    await view.text('Too large: 12,300 tokens, 6,900 fit.').waitFor();
    for (const name of ['Outline', 'Around the cursor', 'Beginning', 'Choose lines…']) await view.button(name).click();
    await expect
      .poll(() => view.postedOfType('shorten'))
      .toEqual(['outline', 'cursor', 'beginning', 'lines'].map((part) => ({ type: 'shorten', key: 'big', part })));
  });

  it('keeps the message from being sent, with a sentence, and nothing is lost', async () => {
    const view = await openView();
    await view.tell(state([]), attached(big));
    await view.type('Why?');
    await view.page.keyboard.press('Enter');
    await view.page.getByRole('alert').getByText('The message was not sent').waitFor();
    expect(await view.postedOfType('send')).toEqual([]);
    await expect.poll(() => view.composer.inputValue()).toBe('Why?');
    await view.tell(attached(attachment('big', { tokens: 300 })));
    expect(await view.page.getByRole('alert').count()).toBe(0);
    await view.page.keyboard.press('Enter');
    expect((await view.nextOfType('send')).attachments).toEqual(['big']);
  });
});

describe('files that are dropped', () => {
  const drop = (view: View, data: Readonly<Record<string, string>>, files: readonly (readonly [string, string])[] = []) =>
    view.page.evaluate(
      ([entries, dropped]) => {
        const dataTransfer = new DataTransfer();
        for (const [type, value] of Object.entries(entries)) dataTransfer.setData(type, value);
        for (const [name, text] of dropped) dataTransfer.items.add(new File([text], name));
        const target = document.querySelector('.scroller')!;
        const fire = (type: string) => target.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
        fire('dragenter');
        const isShown = document.querySelector('endless-app')!.hasAttribute('data-drop');
        fire('dragover');
        fire('drop');
        return isShown;
      },
      [data, files] as const,
    );

  it('are told by what VS Code says of all of them', async () => {
    const view = await openView();
    await view.tell(state([]));
    const isShown = await drop(view, {
      'text/uri-list': 'file:///w/a.ts',
      'application/vnd.code.uri-list': 'file:///w/a.ts\r\nfile:///w/b.ts',
      'text/plain': 'a.ts',
    });
    expect(isShown).toBe(true);
    expect(await view.nextOfType('drop')).toEqual({ type: 'drop', uris: ['file:///w/a.ts', 'file:///w/b.ts'], files: [], count: 2 });
    expect(await view.page.locator('[data-drop]').count()).toBe(0);
  });

  it('from outside are read', async () => {
    const view = await openView();
    await view.tell(state([]));
    await drop(view, {}, [
      ['notes.txt', 'one'],
      ['long.txt', 'a'.repeat(1024 * 1024 + 1)],
    ]);
    expect((await view.nextOfType('drop')).files).toEqual([{ name: 'notes.txt', text: 'one' }, { name: 'long.txt' }]);
  });

  it('text goes where it is dropped, as always', async () => {
    const view = await openView();
    await view.tell(state([]));
    expect(await drop(view, { 'text/plain': 'words' })).toBe(false);
    expect(await view.postedOfType('drop')).toEqual([]);
  });
});

describe('what a message was sent with', () => {
  const text = 'src/parse.ts:10-11\n```ts\n<b>let a;</b>\nlet b;\n```';
  const sent = turn(1, {
    attachments: [
      { key: 'a', kind: 'range', label: 'src/parse.ts:10-11', uri: 'file:///w/src/parse.ts', line: 10, text },
      { key: 'b', kind: 'diff', label: 'Staged changes', text: 'Staged changes\n```diff\n+a\n```' },
    ],
  });

  it('stands under it, unfolds to its text, and opens its file', async () => {
    const view = await openView();
    await view.tell(state([sent]));
    const chip = view.turn(1).getByRole('list', { name: 'Attached' }).getByRole('listitem').first();
    await chip.getByRole('button', { name: 'Show the text of src/parse.ts:10-11' }).click();
    await expect.poll(() => chip.locator('pre').innerText()).toBe(text);
    await chip.getByRole('button', { name: 'Hide the text of src/parse.ts:10-11' }).click();
    await expect.poll(() => chip.locator('pre').count()).toBe(0);
    await chip.getByText('parse.ts:10-11').click();
    expect(await view.nextOfType('openSource')).toEqual({ type: 'openSource', uri: 'file:///w/src/parse.ts', line: 10 });
  });
});

it('a command that has attached something brings the cursor into the composer', async () => {
  const view = await openView();
  await view.tell(state([]));
  await view.scroller.focus();
  await view.tell({ type: 'focusComposer', key: 'f' });
  await expect.poll(() => view.composer.evaluate((element) => element === document.activeElement)).toBe(true);
  expect(await view.nextOfType('done')).toEqual({ type: 'done', key: 'f' });
});
