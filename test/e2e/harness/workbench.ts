import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type Locator, type Page } from 'playwright-core';
import { expect, inject } from 'vitest';
import { BROWSER_FLAGS, ensureBrowser } from '../../../scripts/browser.ts';
import { CodeServer, writeSettings } from '../../../scripts/code-server.ts';
import { ChatView } from './chat-view.ts';
import { happens, HEARD_MS, untilHeard } from './heard.ts';
import { Menu } from './menu.ts';
import { QuickInput } from './quick-input.ts';
import { Sandbox } from './sandbox.ts';
import { startScriptedEngine } from './scripted-engine.ts';

/** How long a picture may take, in milliseconds. */
const PICTURE_MS = 120_000;
/** How long the engine waits for its next client, in milliseconds. */
const LINGER_MS = 60_000;
/** The same for the scripted one: it is there before VS Code is, and the first to speak to it may be the last test of a file. */
const SCRIPTED_LINGER_MS = 20 * 60_000;

const SCREENSHOTS = join('test-results', 'screenshots', 'e2e');

const QUIET_SETTINGS = {
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.tips.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'chat.disableAIFeatures': true,
  'window.commandCenter': false,
  // An editor that has just opened would take away what is selected there.
  'explorer.autoReveal': false,
};

/** A workspace is not trusted, and nobody is asked whether it is to be. */
const RESTRICTED_SETTINGS = {
  'security.workspace.trust.enabled': true,
  'security.workspace.trust.startupPrompt': 'never',
  'security.workspace.trust.banner': 'never',
};

export interface WorkbenchOptions {
  /** `scripted` attaches to the engine without a model; `real` starts the one in the package. */
  readonly engine: 'real' | 'scripted';
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Files of the workspace beside the sample, by their paths. */
  readonly files?: Readonly<Record<string, string>>;
  /** Whether the workspace is not trusted until the user says so. */
  readonly restricted?: boolean;
  /** Keys that the user has bound. */
  readonly keys?: readonly { readonly key: string; readonly command: string }[];
  /** How long the engine waits for the next client after the last one has gone: a minute unless told, twenty for the scripted one. */
  readonly lingerMs?: number;
  /** What else stands in the environment of VS Code. */
  readonly env?: Readonly<Record<string, string>>;
}

interface Parts {
  readonly page: Page;
  readonly sandbox: Sandbox;
  readonly browser: Browser;
  readonly server: CodeServer;
  readonly settings: Readonly<Record<string, unknown>>;
}

const opened = new Set<Workbench>();

/** To be called when a test has failed: a picture of every workbench that is open. */
export async function pictureFailure(name: string): Promise<void> {
  for (const workbench of opened) await workbench.screenshot(join('failures', name.replaceAll(/\W+/g, '-')));
}

/** A VS Code with the packaged extension, driven through its user interface. */
export class Workbench {
  readonly page: Page;
  readonly sandbox: Sandbox;
  readonly #browser: Browser;
  readonly #server: CodeServer;
  #settings: Readonly<Record<string, unknown>>;
  /** How often they have been changed. */
  #changes = 0;

  private constructor(parts: Parts) {
    this.page = parts.page;
    this.sandbox = parts.sandbox;
    this.#browser = parts.browser;
    this.#server = parts.server;
    this.#settings = parts.settings;
  }

  static async open(options: WorkbenchOptions): Promise<Workbench> {
    const { engine, settings: own, files = {}, restricted = false, keys = [], env: more = {} } = options;
    const { lingerMs = engine === 'scripted' ? SCRIPTED_LINGER_MS : LINGER_MS } = options;
    const sandbox = new Sandbox(lingerMs);
    for (const [path, text] of Object.entries(files)) sandbox.write(path, text);
    if (engine === 'scripted') await startScriptedEngine(sandbox);
    const { userData, workspace, env } = sandbox;
    const settings = { ...QUIET_SETTINGS, 'endless.model.path': 'bundled', ...(restricted && RESTRICTED_SETTINGS), ...own };
    writeSettings(userData, settings);
    writeFileSync(join(userData, 'User', 'keybindings.json'), JSON.stringify(keys));
    const surroundings = { userData, workspace, env: { ...env, ...more }, extensions: inject('extensions') };
    const server = await CodeServer.start({ ...surroundings, hasWorkspaceTrust: restricted });
    const browser = await chromium.launch({ executablePath: ensureBrowser(), args: BROWSER_FLAGS });
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' });
    page.setDefaultTimeout(60_000);
    page.setDefaultNavigationTimeout(120_000);
    const workbench = new Workbench({ page, sandbox, browser, server, settings });
    opened.add(workbench);
    try {
      await page.goto(server.url);
      await workbench.#ready();
    } catch (error) {
      await workbench.dispose();
      throw error;
    }
    return workbench;
  }

  /** The icon is there as soon as the workbench has read the manifests of its extensions. */
  async #ready(): Promise<void> {
    await this.#icon.waitFor();
  }

  get #icon(): Locator {
    return this.page.locator('.activitybar .action-item', { has: this.page.locator('[aria-label^="Endless"]') });
  }

  get #selectedIcon(): Locator {
    return this.#icon.and(this.page.locator('[aria-selected="true"]'));
  }

  get statusBarItem(): Locator {
    return this.page.locator('.statusbar-item[id$="endless.status"]');
  }

  /** The link in it, which has the label. */
  get completionStatus(): Locator {
    return this.page.locator('.statusbar-item[id$="endless.completions"] a');
  }

  /** Says that the workspace is not trusted; not there when it is. */
  get restrictedMode(): Locator {
    return this.page.locator('.statusbar-item[id="status.workspaceTrust"]');
  }

  /** The sidebar, whether it is open or not. */
  get chat(): ChatView {
    return new ChatView(this.page);
  }

  /** A message that is shown at the moment. */
  notification(text: string | RegExp): Locator {
    return this.page.locator('.notifications-toasts .notification-list-item', { hasText: text });
  }

  /** The same among all of them, when they are shown: no more than three in a second are shown by themselves. */
  listedNotification(text: string | RegExp): Locator {
    return this.page.locator('.notifications-center .notification-list-item', { hasText: text });
  }

  /** A question that has to be answered first. */
  dialog(text: string | RegExp): Locator {
    return this.page.locator('.monaco-dialog-box', { hasText: text });
  }

  get quickInput(): QuickInput {
    return new QuickInput(this.page);
  }

  /** A menu that this opens. */
  menu(open: () => Promise<void>): Menu {
    return new Menu({ page: this.page, open });
  }

  async openExplorer(): Promise<void> {
    await this.page.keyboard.press('Control+Shift+E');
    await this.#fileInExplorer('README.md').waitFor();
  }

  /** The tab that has the focus. */
  activeTab(label: string | RegExp): Locator {
    return this.page.locator('.editor-group-container.active .tab.active', { hasText: label });
  }

  /** Selects files and takes an item of their menu. */
  async chooseInExplorer(files: readonly string[], item: string): Promise<void> {
    for (const [index, file] of files.entries()) await this.#fileInExplorer(file).click({ modifiers: index === 0 ? [] : ['Control'] });
    await expect.poll(() => this.page.locator('.explorer-folders-view .monaco-list-row.selected').count()).toBe(files.length);
    await this.menu(() => this.#fileInExplorer(files.at(-1) ?? '').click({ button: 'right' })).choose(item);
  }

  #fileInExplorer(file: string): Locator {
    return this.page.locator('.explorer-folders-view .monaco-list-row').filter({ has: this.page.getByText(file, { exact: true }) });
  }

  /** Opens the sidebar's view by its icon in the activity bar. */
  async openChat(): Promise<ChatView> {
    // A window that is being restored opens the view by itself, and a click that comes just then closes it again.
    await untilHeard('the icon of the chat', async () => {
      if ((await this.#icon.getAttribute('aria-selected')) === 'true') return true;
      await this.#icon.click();
      return happens(this.#selectedIcon.waitFor({ timeout: HEARD_MS }));
    });
    await this.chat.composer.waitFor();
    return this.chat;
  }

  async clearNotifications(): Promise<void> {
    await this.quickInput.run('Notifications: Clear All Notifications');
    await this.page.locator('.notification-list-item').first().waitFor({ state: 'detached' });
  }

  /** Puts a text into the clipboard. */
  async copy(text: string): Promise<void> {
    await this.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await this.page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(text)})`);
  }

  /** What is in the clipboard. */
  async copied(): Promise<string> {
    return this.page.evaluate<string>('navigator.clipboard.readText()');
  }

  /** Settles when VS Code has read them; its extensions hear of them before they hear of anything that is done then. */
  async changeSettings(settings: Readonly<Record<string, unknown>>): Promise<void> {
    const title = `Settings ${String(++this.#changes)}`;
    this.#settings = { ...this.#settings, ...settings, 'window.title': title };
    writeSettings(this.sandbox.userData, this.#settings);
    await expect.poll(() => this.page.title()).toContain(title);
  }

  async reload(): Promise<void> {
    await this.page.reload();
    await this.#ready();
  }

  /** For people to look at; `test-results/` is not in the repository. */
  async screenshot(name: string): Promise<void> {
    // Tooltips and what opens on hover would cover the view.
    await this.page.mouse.move(800, 400);
    await this.page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), timeout: PICTURE_MS });
  }

  /** Ends VS Code, but not the engine, which leaves by itself. */
  async close(): Promise<void> {
    opened.delete(this);
    await this.#browser.close();
    await this.#server.stop();
  }

  /** Ends everything that belongs to this workbench. */
  async dispose(): Promise<void> {
    await this.close();
    this.sandbox.dispose();
  }
}
