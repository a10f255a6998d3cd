import { randomUUID } from 'node:crypto';
import { chromium, type Browser, type BrowserContext, type Locator, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { BROWSER_FLAGS, ensureBrowser } from '../../../scripts/browser.ts';
import { bundleWebview } from '../../../scripts/webview-bundle.ts';
import { viewPage } from '../../../src/shared/view-page.ts';
import type { HostMessage, ViewMessage } from '../../../src/shared/view-messages.ts';
import { THEMES, type ThemeName } from '../fixtures/themes.ts';

const ORIGIN = 'https://webview.test';

/** What is waited for comes at once, but the machine may be busy with something else for seconds. */
const PATIENCE_MS = 30_000;

/** Where a test's page begins. */
export interface ViewOptions {
  readonly theme?: ThemeName;
  readonly width?: number;
  readonly height?: number;
  readonly language?: string;
  readonly l10nBundle?: Readonly<Record<string, string>>;
  readonly reducedMotion?: boolean;
  /** Device pixels per pixel; pictures want 2. */
  readonly scale?: number;
}

interface Fake {
  posted: ViewMessage[];
  /** Links that VS Code's own click handler would have opened. */
  followed: string[];
}

/** The sidebar as a user meets it, and the host's side of its channel. */
export class View {
  readonly page: Page;
  /** Requests for anything but the extension's own files. */
  readonly escaped: string[] = [];
  /** What went to the page's console as an error, uncaught errors and broken policies included. */
  readonly errors: string[] = [];
  /** Messages of dialogs that somebody has opened. */
  readonly dialogs: string[] = [];

  constructor(page: Page) {
    this.page = page;
  }

  // The host's side

  /** Sends messages, and waits until all of what they bring is drawn. */
  async tell(...messages: readonly HostMessage[]): Promise<void> {
    await this.tellRaw(...messages);
    await this.drawn();
  }

  /** A page is drawn in several frames. */
  async drawn(): Promise<void> {
    await this.page.waitForFunction(() => !document.querySelector('.scroller[aria-busy=true]'));
  }

  /** Sends whatever it is given, valid or not. */
  async tellRaw(...messages: readonly unknown[]): Promise<void> {
    await this.page.evaluate(async (all) => {
      for (const message of all) window.postMessage(message);
      // Messages are delivered in order: the last one here is the last there. Two frames later all is drawn.
      await new Promise((resolve) => {
        const channel = new MessageChannel();
        channel.port1.onmessage = resolve;
        channel.port2.postMessage(undefined);
      });
    }, messages);
    await this.#twoFrames();
  }

  async #twoFrames(): Promise<void> {
    await this.page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  }

  async posted(): Promise<readonly ViewMessage[]> {
    return this.page.evaluate(() => (window as unknown as Fake).posted);
  }

  async followedByVsCode(): Promise<readonly string[]> {
    return this.page.evaluate(() => (window as unknown as Fake).followed);
  }

  async postedOfType<T extends ViewMessage['type']>(type: T): Promise<readonly Extract<ViewMessage, { type: T }>[]> {
    return (await this.posted()).filter((message): message is Extract<ViewMessage, { type: T }> => message.type === type);
  }

  /** Waits until the webview has posted a message of this type and has drawn what goes with it, and gives the newest. */
  async nextOfType<T extends ViewMessage['type']>(type: T): Promise<Extract<ViewMessage, { type: T }>> {
    await expect.poll(() => this.postedOfType(type)).not.toEqual([]);
    await this.#twoFrames();
    return (await this.postedOfType(type)).at(-1)!;
  }

  // The user's side

  /** The last text field there is, whatever the language. */
  get composer(): Locator {
    return this.page.getByRole('textbox').last();
  }

  /** The field of the search, while that is open. */
  get searchField(): Locator {
    return this.page.getByRole('textbox', { name: 'Search the history' });
  }

  get hits(): Locator {
    return this.page.locator('.hit');
  }

  /** A message with its answer. */
  turn(id: number): Locator {
    return this.page.locator(`[data-turn="${id}"]`);
  }

  /** A button beside a message or under an answer. */
  tool(turnId: number, of: 'message' | 'answer', name: string): Locator {
    return this.turn(turnId).locator(`.${of} [data-tool="${name}"]`);
  }

  /** Where a message is being changed. */
  editor(turnId: number): Locator {
    return this.turn(turnId).getByRole('textbox', { name: 'Message', exact: true });
  }

  /** What the composer offers to choose from. */
  get options(): Locator {
    return this.page.getByRole('option');
  }

  get answers(): Locator {
    return this.page.getByRole('article', { name: 'Answer of Endless' });
  }

  /** The paragraphs, lists and tables of the answers. */
  get prose(): Locator {
    return this.answers.locator('.prose > *');
  }

  get messages(): Locator {
    return this.page.getByRole('article', { name: 'Your message' });
  }

  get scroller(): Locator {
    return this.page.getByRole('region', { name: 'Conversation' });
  }

  get cachePanel(): Locator {
    return this.page.getByRole('region', { name: 'Cache panel' });
  }

  async openPanel(): Promise<void> {
    await this.cacheGauge.click();
    await this.page.waitForFunction(() => document.activeElement?.closest('.cache-panel'));
  }

  /** The parts of the cache map, in order of position. */
  get segments(): Locator {
    return this.page.getByRole('toolbar', { name: 'Map of the cache' }).locator('.item');
  }

  get cacheGauge(): Locator {
    return this.page.getByRole('button', { name: /^(?:Cache|Sent with every message):/ });
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', { name, exact: typeof name === 'string' });
  }

  text(text: string | RegExp): Locator {
    return this.page.getByText(text);
  }

  async type(text: string): Promise<void> {
    await this.composer.focus();
    await this.page.keyboard.insertText(text);
  }

  /** Looks for something, and takes a turn that the host has found for it. */
  async choose(turnId: number): Promise<void> {
    await this.tell({ type: 'showSearch', key: randomUUID() });
    await this.searchField.fill('token');
    const hits = [{ turnId, createdAt: 0, role: 'answer' as const, excerpt: 'A token', ranges: [] }];
    await this.tell({ type: 'found', query: 'token', hits });
    await this.hits.first().click();
  }

  async reload(): Promise<void> {
    await this.page.reload();
    await this.composer.waitFor();
  }

  /** Pixels between what is seen and the end of the conversation. */
  async distanceFromEnd(): Promise<number> {
    return this.scroller.evaluate((element) => Math.round(element.scrollHeight - element.clientHeight - element.scrollTop));
  }
}

let browser: Browser;
let files: ReadonlyMap<string, Uint8Array>;
const open: BrowserContext[] = [];

/** To be called once at the top of a test file. */
export function useBrowser(): void {
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: ensureBrowser(), args: BROWSER_FLAGS });
    files = await bundleWebview();
  });
  afterEach(async () => {
    for (const context of open.splice(0)) await context.close();
  });
  afterAll(async () => {
    await browser.close();
  });
}

/** Opens the sidebar under the policy that users have. */
export async function openView(options: ViewOptions = {}): Promise<View> {
  const { theme = 'dark', width = 320, height = 720, language = 'en', l10nBundle = {}, reducedMotion = false, scale = 1 } = options;
  const context = await browser.newContext({
    viewport: { width, height },
    reducedMotion: reducedMotion ? 'reduce' : 'no-preference',
    deviceScaleFactor: scale,
  });
  open.push(context);
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  const view = new View(page);
  page.on('console', (message) => message.type() === 'error' && view.errors.push(message.text()));
  page.on('dialog', (dialog) => {
    view.dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  page.on('pageerror', (error) => view.errors.push(String(error)));

  const nonce = randomUUID();
  const html = viewPage({
    scriptUri: `${ORIGIN}/webview-script.js`,
    styleUri: `${ORIGIN}/webview-style.css`,
    cspSource: ORIGIN,
    nonce,
    language,
    l10nBundle,
  });
  await context.route('**/*', async (route) => {
    const url = new URL(route.request().url());
    const name = url.pathname.slice(1);
    const file = url.origin === ORIGIN ? files.get(name) : undefined;
    if (url.href === `${ORIGIN}/`) return route.fulfill({ contentType: 'text/html', body: html });
    if (file) return route.fulfill({ contentType: contentType(name), body: Buffer.from(file) });
    view.escaped.push(url.href);
    return route.abort();
  });
  await page.addInitScript(fakeVsCode, THEMES[theme]);
  await page.goto(`${ORIGIN}/`);
  await view.composer.waitFor();
  await page.evaluate(() => document.fonts.ready);
  return view;
}

/** What VS Code puts into a webview: the theme, the channel to the host, a handler of clicks. Runs in the page. */
function fakeVsCode(theme: { readonly bodyClass: string; readonly variables: Readonly<Record<string, string>> }): void {
  const fake = Object.assign(window as unknown as Fake, { posted: [] as ViewMessage[], followed: [] as string[] });
  window.addEventListener('click', (event) => {
    const link = event.composedPath().find((target) => target instanceof HTMLAnchorElement);
    if (link) fake.followed.push(link.href);
  });
  Object.assign(window, {
    acquireVsCodeApi: () => ({
      postMessage: (message: ViewMessage) => fake.posted.push(structuredClone(message)),
      getState: () => JSON.parse(sessionStorage.getItem('state') ?? 'null') as unknown,
      setState: (state: unknown) => sessionStorage.setItem('state', JSON.stringify(state)),
    }),
  });
  document.addEventListener('DOMContentLoaded', () => {
    for (const [name, value] of Object.entries(theme.variables)) document.documentElement.style.setProperty(`--vscode-${name}`, value);
    document.body.classList.add(theme.bodyClass);
    document.documentElement.style.setProperty('background', 'var(--vscode-sideBar-background)');
  });
}

function contentType(name: string): string {
  if (name.endsWith('.js')) return 'text/javascript';
  return name.endsWith('.css') ? 'text/css' : 'font/ttf';
}
