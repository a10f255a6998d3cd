import { chromium, type Browser, type Page } from 'playwright-core';
import { BROWSER_FLAGS, ensureBrowser } from '../../../scripts/browser.ts';
import { bundlePageProgram, bundleWebview } from '../../../scripts/webview-bundle.ts';
import { viewPage } from '../../shared/view-page.ts';
import type { ObservedPage, PageProgram } from './observed.ts';

const ORIGIN = 'https://sidebar.test';

/** The sidebar as it is packaged, in a Chromium, with a host that runs in its page. */
export class Sidebar {
  readonly #browser: Browser;
  readonly #page: Page;

  private constructor(browser: Browser, page: Page) {
    this.#browser = browser;
    this.#page = page;
  }

  /** Opens it at the end of a conversation of ten thousand messages. */
  static async open(): Promise<Sidebar> {
    const files = await bundleWebview({ minify: true });
    const host = await bundlePageProgram('src/bench/frames/page/host.ts');
    const browser = await chromium.launch({ executablePath: ensureBrowser(), args: BROWSER_FLAGS });
    const page = await browser.newPage({ viewport: { width: 400, height: 900 } });
    await page.route('**/*', async (route) => {
      const name = new URL(route.request().url()).pathname.slice(1);
      const file = files.get(name);
      if (name === '') return route.fulfill({ contentType: 'text/html', body: html() });
      return file ? route.fulfill({ contentType: contentType(name), body: Buffer.from(file) }) : route.abort();
    });
    await page.addInitScript(host);
    await page.goto(`${ORIGIN}/`);
    await page.locator('[data-turn="5000"]').waitFor();
    await page.locator('.scroller[aria-busy=false]').waitFor();
    return new Sidebar(browser, page);
  }

  stream(seconds: number, tokensPerSecond: number): Promise<ObservedPage> {
    const work = ({ given, rate }: { given: number; rate: number }): Promise<ObservedPage> =>
      (globalThis as unknown as { endlessFrames: PageProgram }).endlessFrames.stream(given, rate);
    return this.#page.evaluate(work, { given: seconds, rate: tokensPerSecond });
  }

  scrollUp(pixelsPerFrame: number): Promise<ObservedPage> {
    const work = (pixels: number): Promise<ObservedPage> =>
      (globalThis as unknown as { endlessFrames: PageProgram }).endlessFrames.scrollUp(pixels);
    return this.#page.evaluate(work, pixelsPerFrame);
  }

  async close(): Promise<void> {
    await this.#browser.close();
  }
}

function html(): string {
  return viewPage({
    scriptUri: `${ORIGIN}/webview-script.js`,
    styleUri: `${ORIGIN}/webview-style.css`,
    cspSource: ORIGIN,
    nonce: 'bench',
    language: 'en',
    l10nBundle: {},
  });
}

function contentType(name: string): string {
  if (name.endsWith('.js')) return 'text/javascript';
  return name.endsWith('.css') ? 'text/css' : 'font/ttf';
}
