import type { Locator } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { Turn } from '../../src/shared/protocol/turn.ts';
import { state, turn } from './fixtures/conversation.ts';
import { SCENES } from './fixtures/scenes.ts';
import { THEME_NAMES } from './fixtures/themes.ts';
import { openView, useBrowser, type View } from './page/view.ts';

useBrowser();

const ALL = ['Copy code', 'Insert at cursor', 'Apply as diff', 'New file…'];

async function viewOf(answer: string, changes: Partial<Turn> = {}): Promise<View> {
  const view = await openView();
  await view.tell(state([turn(1, { answer, ...changes })]));
  return view;
}

const toolbars = (view: View): Locator => view.page.getByRole('toolbar', { name: 'Actions for this code' });

/** What the nth block of code offers. */
async function offered(view: View, nth = 0): Promise<readonly string[]> {
  const buttons = await toolbars(view).nth(nth).getByRole('button').all();
  return Promise.all(buttons.map(async (button) => (await button.getAttribute('aria-label')) ?? ''));
}

const running = { state: 'running', finish: undefined } as const;

describe('a block of code', () => {
  it('offers everything once it is closed', async () => {
    const view = await viewOf('```ts\nlet a;\n```');
    await expect.poll(() => offered(view)).toEqual(ALL);
  });

  it('can be run where it is for a shell', async () => {
    const view = await viewOf('```bash\nls\n```\n\n```js\nls\n```\n\n```console\n$ ls\n```');
    await expect.poll(() => offered(view, 0)).toEqual([...ALL, 'Run in terminal…']);
    await expect.poll(() => offered(view, 1)).toEqual(ALL);
    await expect.poll(() => offered(view, 2)).toEqual([...ALL, 'Run in terminal…']);
  });

  it('can only be copied while it is being written', async () => {
    const view = await viewOf('```ts\nlet a;\n', running);
    await expect.poll(() => offered(view)).toEqual(['Copy code']);
    await view.tell({ type: 'text', turnId: 1, offset: 13, text: '```' });
    await expect.poll(() => offered(view)).toEqual(ALL);
  });

  it('in a list can only be copied while it is being written', async () => {
    const view = await viewOf('1. So:\n\n   ```ts\n   let a;\n', running);
    await expect.poll(() => offered(view)).toEqual(['Copy code']);
    await view.tell({ type: 'turn', turn: turn(1, { answer: '1. So:\n\n   ```ts\n   let a;\n   ```' }) });
    await expect.poll(() => offered(view)).toEqual(ALL);
  });

  it('that is not closed is whole where the model has ended its answer, and broken off where it was stopped', async () => {
    const view = await viewOf('```ts\nlet a;', { finish: 'end' });
    await expect.poll(() => offered(view)).toEqual(ALL);
    await view.tell({ type: 'turn', turn: turn(1, { answer: '```ts\nlet a;', state: 'stopped', finish: 'stopped' }) });
    await expect.poll(() => offered(view)).toEqual(['Copy code']);
    await view.tell({ type: 'turn', turn: turn(1, { answer: '```ts\nlet a;', finish: 'length' }) });
    await expect.poll(() => offered(view)).toEqual(['Copy code']);
  });

  it('that is empty can only be copied', async () => {
    const view = await viewOf('```ts\n```');
    await expect.poll(() => offered(view)).toEqual(['Copy code']);
  });
});

describe('what the host is told', () => {
  it.each([
    ['Insert at cursor', 'insert'],
    ['Apply as diff', 'apply'],
    ['New file…', 'newFile'],
    ['Run in terminal…', 'run'],
  ] as const)('%s: the code, its fence and the line above it', async (label, action) => {
    const view = await viewOf('Some text.\nIn **a.sh**:\n\n```bash title="a.sh"\nls\n```\n\nAnd more.');
    await view.button(label).click();
    const asked = { type: 'code', action, turnId: 1, code: 'ls', info: 'bash title="a.sh"', before: 'In **a.sh**:' };
    expect(await view.nextOfType('code')).toEqual(asked);
  });

  it('is the same of code in a list', async () => {
    const view = await viewOf(
      '1. First:\n   ```ts src/a.ts\n   if (a) {\n     b();\n   }\n   ```\n2. Second `src/b.ts`:\n\n   ```ts\n   c();\n   ```\n',
    );
    await view.button('Apply as diff').first().click();
    expect(await view.nextOfType('code')).toMatchObject({ code: 'if (a) {\n  b();\n}', info: 'ts src/a.ts', before: 'First:' });
    await view.button('Apply as diff').last().click();
    expect(await view.nextOfType('code')).toMatchObject({ code: 'c();', info: 'ts', before: 'Second `src/b.ts`:' });
  });

  it('has nothing above it where there is no text, or other code', async () => {
    const view = await viewOf('```ts\na\n```\n```ts\nb\n```');
    for (const nth of [0, 1]) {
      await view.button('Apply as diff').nth(nth).click();
      expect(await view.nextOfType('code')).toMatchObject({ code: 'ab'[nth], before: '' });
    }
  });

  it('never has lines without end', async () => {
    const view = await viewOf(`${'a'.repeat(3_000)}\n\n\`\`\`ts ${'b'.repeat(3_000)}\nlet a;\n\`\`\``);
    await view.button('Apply as diff').click();
    const { info, before } = await view.nextOfType('code');
    expect([info.length, before.length]).toEqual([1_000, 1_000]);
  });
});

describe('with the keyboard', () => {
  it('the buttons are one stop, and arrow keys go around in them', async () => {
    const view = await viewOf('```bash\nls\n```');
    const focused = (): Promise<string | null> => view.page.evaluate(() => document.activeElement!.getAttribute('aria-label'));
    await view.button('Copy code').focus();
    const seen: (string | null)[] = [];
    for (const key of ['ArrowRight', 'ArrowRight', 'End', 'ArrowRight', 'ArrowLeft', 'Home']) {
      await view.page.keyboard.press(key);
      seen.push(await focused());
    }
    const [copy, insert, apply] = ALL;
    expect(seen).toEqual([insert, apply, 'Run in terminal…', copy, 'Run in terminal…', copy]);
    await view.page.keyboard.press('ArrowRight');
    await view.page.keyboard.press('Tab');
    await expect.poll(() => focused()).toBe('Code');
    await view.page.keyboard.press('Shift+Tab');
    await expect.poll(() => focused()).toBe(insert);
    await view.page.keyboard.press('Enter');
    expect(await view.nextOfType('code')).toMatchObject({ action: 'insert' });
  });
});

it.each(THEME_NAMES)('the buttons stay in their line beside a long name, in %s', async (theme) => {
  const view = await openView({ theme, width: 240, reducedMotion: true });
  await view.tell(...SCENES['code']!);
  for (const caption of await view.page.locator('.code figcaption').all()) {
    const [box, button] = [await caption.boundingBox(), await caption.getByRole('button').first().boundingBox()];
    expect(box!.height).toBeLessThan(button!.height + 8);
    expect(await caption.evaluate((element) => element.scrollWidth - element.clientWidth)).toBe(0);
  }
});
