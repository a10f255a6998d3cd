import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { SUGGESTIONS } from './fixtures/attachments.ts';
import { samples, state, turn } from './fixtures/conversation.ts';
import { HITS, IN_THE_PANEL, SCENES } from './fixtures/scenes.ts';
import { THEME_NAMES } from './fixtures/themes.ts';
import { violations } from './page/axe.ts';
import { openView, useBrowser, type View } from './page/view.ts';

useBrowser();

const FOLDER = fileURLToPath(new URL('../../test-results/screenshots/webview/', import.meta.url));
describe.each(THEME_NAMES)('in %s', (theme) => {
  it.each(Object.entries(SCENES))('axe finds nothing to complain about in the state "%s"', async (name, messages) => {
    const view = await openView({ theme, reducedMotion: true });
    await view.tell(...messages);
    if (IN_THE_PANEL.has(name)) await view.openPanel();
    expect(await violations(view)).toEqual([]);
  });

  it('nor in the cache panel, with its charts and the menu of a turn', async () => {
    const view = await openView({ theme, reducedMotion: true, height: 1600 });
    await view.tell(...SCENES['mixed-cache']!);
    await view.openPanel();
    expect(await violations(view)).toEqual([]);
    await view.tell({ type: 'samples', since: 0, samples: samples(40) });
    await view.page.keyboard.press('End');
    await view.page.keyboard.press('ArrowLeft');
    await view.page.keyboard.press('ArrowLeft');
    await view.page.keyboard.press('Enter');
    await expect.poll(() => view.page.getByRole('menuitem').count()).toBe(3);
    expect(await violations(view)).toEqual([]);
  });

  it('nor in the menu of what can be attached', async () => {
    const view = await openView({ theme, width: 260, reducedMotion: true });
    await view.tell(...SCENES['attached']!);
    await view.type('@par');
    const { key } = await view.nextOfType('suggest');
    await view.tell({ type: 'suggested', key, suggestions: [...SUGGESTIONS], isComplete: true });
    expect(await violations(view)).toEqual([]);
  });

  it('nor in code with all its colours', async () => {
    const view = await openView({ theme, reducedMotion: true });
    const ts = "/** The end. @see a */\nclass Token extends Node {\n  get(): string { return 'end' + 12; }\n}";
    await view.tell(state([turn(1, { answer: `\`\`\`ts\n${ts}\n\`\`\`\n\n\`\`\`diff\n- a\n+ b\n\`\`\`` })]));
    const kinds = ['comment', 'keyword', 'string', 'literal', 'type', 'title', 'strong'];
    for (const kind of kinds) await view.page.locator(`.token-${kind}`).first().waitFor();
    await mkdir(FOLDER, { recursive: true });
    await view.page.screenshot({ path: `${FOLDER}code-${theme}.png` });
    expect(await violations(view)).toEqual([]);
  });

  it('nor in the search', async () => {
    const view = await openView({ theme, reducedMotion: true });
    await view.tell(...SCENES['chat']!, { type: 'showSearch', key: 'a' });
    await view.searchField.fill('token');
    await view.tell({ type: 'found', query: 'token', hits: HITS });
    expect(await violations(view)).toEqual([]);
  });
});

describe('with a screen reader', () => {
  const running = turn(1, { state: 'running', answer: '' });
  const announced = (view: View) => view.page.locator('endless-announcer [aria-live=polite]').textContent();

  it('a finished answer is announced, a growing one is not', async () => {
    const view = await openView();
    await view.tell(state([running]), { type: 'text', turnId: 1, offset: 0, text: 'Forty' });
    expect(await announced(view)).toBe('');
    await view.tell({ type: 'turn', turn: turn(1, { answer: 'Forty-two.' }) });
    await expect.poll(() => announced(view)).toBe('Endless answered: Forty-two.');
  });

  it('a failure is announced', async () => {
    const view = await openView();
    await view.tell(state([running]), { type: 'turn', turn: turn(1, { state: 'failed', error: { code: 'out-of-memory', args: {} } }) });
    await expect.poll(() => announced(view)).toMatch(/^There is not enough memory/);
  });

  it('history is not announced', async () => {
    const view = await openView();
    await view.tell(state([turn(5)]), { type: 'earlier', before: 5, turns: [turn(4)], hasEarlier: false });
    expect(await announced(view)).toBe('');
  });
});

describe('with the keyboard alone', () => {
  it('everything is reached in the order of sight', async () => {
    const view = await openView();
    await view.tell(state([turn(1, { answer: 'See [this](https://a.example).\n\n```ts\nlet a;\n```' })], { hasEarlier: true }));
    const order: string[] = [];
    for (let presses = 0; presses < 11; presses += 1) {
      await view.page.keyboard.press('Tab');
      order.push(
        await view.page.evaluate(() => {
          const element = document.activeElement!;
          return element.getAttribute('aria-label') ?? element.textContent.trim();
        }),
      );
    }
    expect(order.slice(0, 9)).toEqual([
      expect.stringMatching(/^Cache:/),
      'Conversation',
      'Load earlier messages',
      'Edit and resend',
      'this',
      'Copy code',
      'Code',
      'Copy answer as Markdown',
      'Message to Endless',
    ]);
  });

  it('the focus is visible', async () => {
    const view = await openView();
    await view.tell(state([]));
    await view.page.keyboard.press('Tab');
    await expect.poll(() => view.cacheGauge.evaluate((element) => getComputedStyle(element).outlineStyle)).toBe('solid');
  });
});

it('reduced motion is honoured', async () => {
  const view = await openView({ reducedMotion: true });
  await view.tell(...SCENES['generating']!);
  const moving = await view.page.evaluate(() => document.getAnimations().filter((animation) => animation.playState === 'running').length);
  expect(moving).toBe(0);
});
