import { describe, expect, it } from 'vitest';
import { state, status, turn } from './fixtures/conversation.ts';
import { openView, useBrowser, type View } from './page/view.ts';

useBrowser();

const running = (answer: string) => turn(1, { state: 'running', message: 'hi', answer });
const more = (offset: number, text: string) => ({ type: 'text', turnId: 1, offset, text }) as const;
const keywords = (view: View) => view.answers.locator('.token-keyword').allTextContents();
const LONG = Array.from({ length: 5000 }, (_, at) => `const a${at} = ${at}; // line ${at + 1}`).join('\n');

describe('code', () => {
  it('is coloured', async () => {
    const view = await openView();
    await view.tell(state([turn(1, { answer: "```ts\nreturn 'a' + 12; // the end\n```" })]));
    await expect.poll(() => keywords(view)).toEqual(['return']);
    await expect.poll(() => view.answers.locator('pre').textContent()).toBe("return 'a' + 12; // the end");
    await expect.poll(() => view.answers.locator('.token-string').allTextContents()).toEqual(["'a'"]);
    await expect.poll(() => view.answers.locator('.token-comment').allTextContents()).toEqual(['// the end']);
  });

  it('is plain while it is being written, and gets its colours when the fence is closed', async () => {
    const view = await openView();
    const begun = '```ts\nreturn 1;\n';
    await view.tell(state([running(begun)]), more(begun.length, 'return 2;\n'));
    await view.page.evaluate(() => new Promise((resolve) => requestIdleCallback(resolve)));
    expect(await keywords(view)).toEqual([]);
    await view.tell(more(begun.length + 10, '```\n'));
    await expect.poll(() => keywords(view)).toEqual(['return', 'return']);
  });

  it('gets them also when the answer has ended without closing it, in a list, too', async () => {
    const view = await openView();
    const answer = '1. Do\n\n   ```sh\n   if true; then\n   ```\n\n```js\nreturn';
    await view.tell(state([running(answer)]));
    await expect.poll(() => keywords(view)).toEqual(['if', 'then']);
    await view.tell({ type: 'turn', turn: turn(1, { message: 'hi', answer }) });
    await expect.poll(() => keywords(view)).toEqual(['if', 'then', 'return']);
  });

  it('of a language that is not known stays plain', async () => {
    const view = await openView();
    await view.tell(state([turn(1, { answer: '```klingon\nreturn 1;\n```\n\n```\nreturn 2;\n```' })]));
    await view.page.evaluate(() => new Promise((resolve) => requestIdleCallback(resolve)));
    expect(await view.answers.locator('[class^=token]').count()).toBe(0);
  });

  it.each([
    ['between paragraphs', '', ''],
    ['in a list', '1. First\n2. Second\n   - So:\n\n     ', '     '],
  ])('%s is appended to while it is being written: what is there is not touched', async (_, above, indentation) => {
    const view = await openView();
    const begun = `${above}\`\`\`ts\n${LONG.slice(0, 10_000)}`.replaceAll('\nconst', `\n${indentation}const`);
    await view.tell(state([running(begun)]));
    const mutated = view.page.evaluate(
      () =>
        new Promise<readonly string[]>((resolve) => {
          const groups = [...document.querySelectorAll('.code .lines')];
          new MutationObserver((records) => {
            const places = records.filter(({ target }) => target.parentNode?.isConnected);
            resolve(places.map(({ type, target }) => `${type} ${groups.findIndex((group) => group.contains(target)) - groups.length}`));
          }).observe(document.querySelector('endless-answer')!, { subtree: true, childList: true, characterData: true, attributes: true });
        }),
    );
    await view.tell(more(begun.length, 'x'));
    expect(await mutated).toEqual(['characterData -1']);
  });

  it('of 5,000 lines is folded when it comes whole, is shown on demand, and is copied whole in any case', async () => {
    const view = await openView();
    await view.tell(state([turn(1, { answer: `\`\`\`ts\n${LONG}\n\`\`\`` })]));
    const code = view.answers.locator('pre code');
    expect((await code.textContent())?.split('\n')).toHaveLength(400);
    await view.button('Copy code').click();
    expect(await view.nextOfType('copy')).toEqual({ type: 'copy', text: LONG });
    await view.button('Show all 5,000 lines').click();
    await expect.poll(() => code.textContent()).toBe(LONG);
    await expect.poll(() => view.answers.locator('pre').evaluate((element) => element === document.activeElement)).toBe(true);
    await expect.poll(() => view.answers.locator('.token-comment').count(), { timeout: 60_000 }).toBe(5000);
    await expect.poll(() => code.textContent()).toBe(LONG);
  });

  it('of 5,000 lines is not folded under the eyes of who sees it being written', async () => {
    const view = await openView();
    const begun = '```ts\n';
    await view.tell(state([running(begun)]), more(begun.length, `${LONG}\n`));
    await expect.poll(() => view.answers.locator('pre code').textContent()).toContain(LONG);
    await view.tell(more(begun.length + LONG.length + 1, '```\n'));
    await view.answers.locator('.token-keyword').first().waitFor();
    expect((await view.answers.locator('pre code').textContent())?.split('\n')).toHaveLength(5000);
    expect(await view.button(/^Show all/).count()).toBe(0);
  });
});

describe('while an answer comes', () => {
  /** Elements in which something changes while the messages are told, by the nearest of them that has a name. */
  async function changed(view: View, tell: () => Promise<void>): Promise<readonly string[]> {
    await view.page.evaluate(() => {
      const seen = new Set<string>();
      Object.assign(window, { seen });
      new MutationObserver((records) => {
        for (const { target } of records) {
          const element = target instanceof Element ? target : target.parentElement;
          const turn = element?.closest('[data-turn]');
          const block = element?.closest('endless-answer > *');
          const place = block ? `block ${[...block.parentElement!.children].indexOf(block)}` : (element?.className ?? '');
          seen.add(
            turn
              ? `turn ${turn.getAttribute('data-turn') ?? ''}, ${place}`
              : (element?.closest('header, footer, main')?.localName ?? 'body'),
          );
        }
      }).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
    });
    await tell();
    return view.page.evaluate(() => [...(window as unknown as { seen: Set<string> }).seen]);
  }

  const answer = 'First.\n\n- one\n- two\n\n```ts\nlet a;\n```\n\nLast';
  const conversation = [turn(1, { answer }), turn(2, { answer }), turn(3, { state: 'running', answer })];

  it('nothing is touched but its open block', async () => {
    const view = await openView();
    await view.tell(state(conversation));
    await expect.poll(() => view.answers.locator('.token-keyword').count()).toBe(3);
    const places = await changed(view, async () => {
      for (const [at, text] of [' words', ' and', ' **more', '**.'].entries()) {
        await view.tell({ type: 'text', turnId: 3, offset: answer.length + [0, 6, 10, 17][at]!, text });
      }
    });
    expect(places.filter((place) => !place.startsWith('turn 3, block 3'))).toEqual([]);
  });

  it.each([
    ['a list', '1. First:\n\n   ```ts\n   let a;\n   ```\n\n2. Second', '\n\n   - **inner** words'],
    ['an item of a list', '- First:\n\n  ```ts\n  let a;\n  ```\n\n  and', '\n  **more** words'],
    ['a quote', '> First:\n>\n> ```ts\n> let a;\n> ```\n>\n> and', ' **more** words'],
  ])('what stands in %s can be clicked, keeps the focus, and stays selected', async (_, begun, text) => {
    const view = await openView();
    await view.tell(state([running(begun)]));
    await expect.poll(() => keywords(view)).toEqual(['let']);
    const copy = view.button('Copy code');
    await view.answers.getByText('First:').selectText();
    await view.tell(more(begun.length, text.slice(0, 5)));
    await expect.poll(() => view.page.evaluate(() => String(getSelection()))).toBe('First:');
    await copy.hover();
    await view.page.mouse.down();
    await view.tell(more(begun.length + 5, text.slice(5)));
    await view.page.mouse.up();
    expect(await view.nextOfType('copy')).toEqual({ type: 'copy', text: 'let a;' });
    await expect.poll(() => view.page.evaluate(() => document.activeElement?.ariaLabel)).toBe('Copied');
    await expect.poll(() => view.answers.locator('strong').count()).toBe(1);
  });

  it('a status touches only what it changes: not the transcript', async () => {
    const view = await openView();
    await view.tell(state(conversation, { status: status({ activity: { kind: 'generating', turnId: 3 } }) }));
    await expect.poll(() => view.answers.locator('.token-keyword').count()).toBe(3);
    const same = status({ activity: { kind: 'generating', turnId: 3 } });
    expect(await changed(view, () => view.tell({ type: 'status', status: structuredClone(same) }))).toEqual([]);
    const faster = { ...same, stats: { ...same.stats, tokensPerSecond: 51, tokensToday: 214_400 } };
    expect((await changed(view, () => view.tell({ type: 'status', status: faster }))).toSorted()).toEqual(['footer', 'header']);
  });
});
