import { mkdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { SUGGESTIONS } from './fixtures/attachments.ts';
import { cache, samples, status, turns } from './fixtures/conversation.ts';
import { HITS, IN_THE_PANEL, SCENES } from './fixtures/scenes.ts';
import type { ThemeName } from './fixtures/themes.ts';
import { openView, useBrowser } from './page/view.ts';

const FOLDER = fileURLToPath(new URL('../../test-results/screenshots/webview/', import.meta.url));
const SIZES: readonly (readonly [ThemeName, number])[] = [
  ['dark', 300],
  ['light', 300],
  ['hc-dark', 300],
  ['hc-light', 300],
  ['dark', 420],
  ['light', 420],
];

useBrowser();

/** Pictures for the eye; what they must show is asserted elsewhere. Nothing may overflow sideways. */
it.each(SIZES)('every state is drawn in %s, %i pixels wide', async (theme, width) => {
  await mkdir(FOLDER, { recursive: true });
  const view = await openView({ theme, width, reducedMotion: true, scale: 2 });
  for (const [name, messages] of Object.entries(SCENES)) {
    await view.reload();
    await view.tell(...messages);
    if (IN_THE_PANEL.has(name)) await view.openPanel();
    const overflow = await view.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(overflow, name).toBe(0);
    await view.page.screenshot({ path: `${FOLDER}${name}-${theme}-${width}.png` });
  }
});

/** German words are long. */
it('every state has room for another language', async () => {
  const l10nBundle = JSON.parse(await readFile('l10n/bundle.l10n.de.json', 'utf8')) as Record<string, string>;
  const view = await openView({ theme: 'dark', width: 300, reducedMotion: true, scale: 2, language: 'de', l10nBundle });
  for (const [name, messages] of Object.entries(SCENES)) {
    await view.reload();
    await view.tell(...messages);
    if (IN_THE_PANEL.has(name)) await view.openPanel();
    const overflow = await view.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(overflow, name).toBe(0);
    await view.page.screenshot({ path: `${FOLDER}${name}-de-300.png` });
  }
});

it.each(['dark', 'light', 'hc-dark', 'hc-light'] as const)('a passage in the composer is drawn in %s', async (theme) => {
  const view = await openView({ theme, width: 300, scale: 2 });
  await view.tell(...SCENES['chat']!);
  await view.type('Why does this throw?');
  const text = 'src/parse.ts:10-12\n```typescript\nconst token = tokens.next();\nreturn parseKind(token.kind);\n```';
  await view.tell({ type: 'insert', key: 'a', text });
  await view.page.screenshot({ path: `${FOLDER}passage-${theme}-300.png` });
  await expect.poll(() => view.composer.inputValue()).toContain('src/parse.ts:10-12');
});

it.each([
  ['dark', 300],
  ['light', 300],
  ['hc-dark', 300],
  ['hc-light', 300],
  ['dark', 260],
  ['light', 620],
] as const)('the cache panel is drawn in %s, %i pixels wide', async (theme, width) => {
  const view = await openView({ theme, width, height: 1500, scale: 2, reducedMotion: true });
  const picture = async (name: string): Promise<void> => {
    await view.page.screenshot({ path: `${FOLDER}panel-${name}-${theme}-${String(width)}.png` });
  };
  await view.tell(...SCENES['mixed-cache']!);
  await view.openPanel();
  await view.tell({ type: 'samples', since: 0, samples: samples(60) });
  for (const key of ['End', 'ArrowLeft', 'ArrowLeft', 'ArrowLeft']) await view.page.keyboard.press(key);
  await picture('focus');
  await view.page.keyboard.press('Enter');
  await picture('menu');
  const sizes = Array.from({ length: 110 }, (_, at) => 18 + ((at * 37) % 100));
  await view.tell({ type: 'status', status: status({ cache: cache(sizes, 200), evictedUpTo: 90 }) });
  await view.composer.hover();
  await picture('many-turns');
  await expect.poll(() => view.page.locator('.plot canvas').count()).toBe(4);
  for (const scene of ['cuda-missing', 'cuda-outdated', 'cuda-there']) {
    await view.tell(...SCENES[scene]!);
    await picture(scene);
  }
});

it.each(['dark', 'light', 'hc-dark', 'hc-light'] as const)('the menu of what can be attached is drawn in %s', async (theme) => {
  const view = await openView({ theme, width: 300, scale: 2 });
  await view.tell(...SCENES['chat']!);
  await view.type('Why does @par');
  const { key } = await view.nextOfType('suggest');
  await view.tell({ type: 'suggested', key, suggestions: [...SUGGESTIONS], isComplete: true });
  await view.page.screenshot({ path: `${FOLDER}context-menu-${theme}-300.png` });
  await expect.poll(() => view.page.getByRole('option').count()).toBe(SUGGESTIONS.length);
});

it.each(['dark', 'light', 'hc-dark', 'hc-light'] as const)('the search is drawn in %s', async (theme) => {
  const view = await openView({ theme, width: 300, scale: 2, reducedMotion: true });
  const picture = async (name: string): Promise<void> => {
    await view.page.screenshot({ path: `${FOLDER}${name}-${theme}-300.png` });
  };
  await view.tell(...SCENES['chat']!, { type: 'showSearch', key: 'a' });
  await picture('search-open');
  await view.searchField.fill('token');
  await view.tell({ type: 'found', query: 'token', hits: HITS });
  await view.page.keyboard.press('ArrowDown');
  await picture('search-hits');
  await expect.poll(() => view.hits.count()).toBe(HITS.length);
  await view.searchField.fill('marmalade');
  await view.tell({ type: 'found', query: 'marmalade', hits: [] });
  await picture('search-nothing');
  await view.tell({ type: 'found', query: 'marmalade', hits: [], error: { code: 'engine-crashed', args: { exitCode: 139 } } });
  await picture('search-failed');
  await view.choose(500);
  await view.tell({ type: 'around', turnId: 500, turns: turns(475, 525), hasEarlier: true, hasLater: true });
  await view.page.waitForFunction(() => document.activeElement?.matches('[data-turn="500"]'));
  await picture('jumped');
});

it('a draft that came back is drawn with its reason', async () => {
  const view = await openView({ theme: 'dark', width: 300, scale: 2 });
  await view.tell(...SCENES['chat']!);
  await view.type('A question of several lines,\nwhich is not lost\nwhen it cannot be sent');
  await view.button('Send message').click();
  const { key } = await view.nextOfType('send');
  await view.page.screenshot({ path: `${FOLDER}sending-dark-300.png` });
  await view.tell({ type: 'rejected', key, error: { code: 'model-not-found', args: { path: '/home/ada/models/coder-7b-q4.gguf' } } });
  await view.page.screenshot({ path: `${FOLDER}rejected-dark-300.png` });
  await expect.poll(() => view.composer.inputValue()).toContain('which is not lost');
});
