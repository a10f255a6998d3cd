import { describe, expect, it } from 'vitest';
import { state, turn, turns } from './fixtures/conversation.ts';
import { openView, useBrowser, type View } from './page/view.ts';

useBrowser();

async function typed(text: string): Promise<View> {
  const view = await openView();
  await view.tell(state([turn(1)]));
  await view.composer.focus();
  await view.page.keyboard.type(text);
  return view;
}

const active = (view: View) => view.page.getByRole('option', { selected: true }).locator('.name').innerText();

describe('a slash at the beginning', () => {
  it('offers the commands, and the text field points to the one that Enter takes', async () => {
    const view = await typed('/');
    await expect
      .poll(() => view.options.locator('.name').allInnerTexts())
      .toEqual([...['/explain', '/fix', '/tests', '/doc', '/review', '/commit', '/recall', '/clear', '/help']]);
    await view.page.keyboard.press('ArrowDown');
    await expect.poll(() => active(view)).toBe('/fix');
    await view.page.keyboard.press('ArrowUp');
    await view.page.keyboard.press('ArrowUp');
    await expect.poll(() => active(view)).toBe('/help');
    const id = await view.composer.getAttribute('aria-activedescendant');
    await expect.poll(() => view.page.locator(`[id="${id!}"]`).innerText()).toContain('/help');
  });

  it('is narrowed by what follows, and gone where nothing fits', async () => {
    const view = await typed('/c');
    await expect.poll(() => view.options.locator('.name').allInnerTexts()).toEqual(['/commit', '/clear']);
    await view.page.keyboard.type('x');
    await expect.poll(() => view.options.count()).toBe(0);
    expect(await view.composer.getAttribute('aria-activedescendant')).toBeNull();
  });

  it('is left with Escape, which stops nothing, and comes back with the next letter', async () => {
    const view = await openView();
    await view.tell(state([turn(1, { state: 'running', answer: 'Well' })]));
    await view.composer.focus();
    await view.page.keyboard.type('/f');
    await view.options.first().waitFor();
    await view.page.keyboard.press('Escape');
    await expect.poll(() => view.options.count()).toBe(0);
    expect(await view.postedOfType('stop')).toEqual([]);
    await view.page.keyboard.type('i');
    await view.options.first().waitFor();
  });

  it('elsewhere in the text offers nothing', async () => {
    const view = await typed('a /');
    expect(await view.options.count()).toBe(0);
  });
});

describe('a command', () => {
  it('goes on with its words, and is run with them', async () => {
    const view = await typed('/fi');
    await view.page.keyboard.press('Enter');
    await expect.poll(() => view.composer.inputValue()).toBe('/fix ');
    await view.page.keyboard.type('the empty list');
    await view.page.keyboard.press('Enter');
    expect(await view.nextOfType('command')).toEqual({ type: 'command', command: 'endless.fix', words: 'the empty list' });
    expect([await view.composer.inputValue(), await view.postedOfType('send')]).toEqual(['', []]);
  });

  it('that was written to its end is run at once', async () => {
    const view = await typed('/tests');
    await view.page.keyboard.press('Enter');
    expect(await view.nextOfType('command')).toEqual({ type: 'command', command: 'endless.tests', words: '' });
  });

  it('that takes no words is run when it is chosen, and completed with Tab', async () => {
    const view = await typed('/com');
    await view.page.keyboard.press('Tab');
    await expect.poll(() => view.composer.inputValue()).toBe('/commit');
    expect(await view.postedOfType('command')).toEqual([]);
    await view.composer.fill('/cl');
    await view.options.first().click();
    expect(await view.nextOfType('command')).toMatchObject({ command: 'endless.clearConversation' });
  });

  it('says that it takes no words', async () => {
    const view = await typed('/commit all of it');
    await view.text('/commit takes no words behind it').waitFor();
    await view.page.keyboard.press('Enter');
    expect([await view.composer.inputValue(), await view.postedOfType('command')]).toEqual(['/commit all of it', []]);
  });

  it('that is not known is a message', async () => {
    const view = await typed('/explode now');
    await view.page.keyboard.press('Enter');
    expect((await view.nextOfType('send')).message).toBe('/explode now');
  });
});

it('the help is shown, takes the focus, and gives it back', async () => {
  const view = await typed('/help');
  await view.page.keyboard.press('Enter');
  const help = view.page.getByRole('region', { name: 'Help' });
  await help.getByText('Fix the problem at the cursor').waitFor();
  await expect.poll(() => help.evaluate((element) => element === document.activeElement)).toBe(true);
  await view.page.keyboard.press('Escape');
  await help.waitFor({ state: 'detached' });
  await expect.poll(() => view.composer.evaluate((element) => element === document.activeElement)).toBe(true);
  expect(await view.postedOfType('send')).toEqual([]);
});

describe('the arrow keys in the composer', () => {
  it('bring back what was typed before, and what is being written', async () => {
    const view = await openView();
    await view.tell(state(turns(1, 3)));
    await view.type('a draft');
    await view.page.keyboard.press('Home');
    for (const message of ['Question 3', 'Question 2', 'Question 1', 'Question 1']) {
      await view.page.keyboard.press('ArrowUp');
      await expect.poll(() => view.composer.inputValue()).toBe(message);
    }
    for (const message of ['Question 2', 'Question 3', 'a draft', 'a draft']) {
      await view.page.keyboard.press('ArrowDown');
      await expect.poll(() => view.composer.inputValue()).toBe(message);
    }
  });

  it('move the cursor within what is being written', async () => {
    const view = await openView();
    await view.tell(state(turns(1, 3)));
    await view.type('one\ntwo');
    await view.page.keyboard.press('ArrowUp');
    await expect.poll(() => view.composer.inputValue()).toBe('one\ntwo');
  });
});
