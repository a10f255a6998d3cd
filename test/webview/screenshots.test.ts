import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { SCENES } from './fixtures/scenes.ts';
import type { ThemeName } from './fixtures/themes.ts';
import { openView, useBrowser } from './page/view.ts';

const FOLDER = fileURLToPath(new URL('../../test-results/screenshots/webview/', import.meta.url));
const THEMES: readonly ThemeName[] = ['dark', 'light', 'hc-dark', 'hc-light'];

useBrowser();

/** Pictures for the eye; what they must show is asserted elsewhere. Nothing may overflow sideways. */
describe.each([300, 420])('at a width of %i pixels', (width) => {
  it.each(THEMES)('every state is drawn in %s', async (theme) => {
    await mkdir(FOLDER, { recursive: true });
    const view = await openView({ theme, width, reducedMotion: true });
    for (const [name, messages] of Object.entries(SCENES)) {
      await view.reload();
      await view.tell(...messages);
      if (name === 'no-shift') await view.cacheGauge.click();
      const overflow = await view.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      expect(overflow, name).toBe(0);
      await view.page.screenshot({ path: `${FOLDER}${name}-${theme}-${width}.png` });
    }
  });
});
