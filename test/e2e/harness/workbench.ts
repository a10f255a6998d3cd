import { join } from 'node:path';
import { chromium, type Browser, type Locator, type Page } from 'playwright-core';
import { inject } from 'vitest';
import { BROWSER_FLAGS, ensureBrowser } from '../../../scripts/browser.ts';
import { CodeServer, writeSettings } from '../../../scripts/code-server.ts';
import { ChatView } from './chat-view.ts';
import { Sandbox } from './sandbox.ts';
import { startScriptedEngine } from './scripted-engine.ts';

/** How long an icon may take to be selected that has been clicked. */
const CLICK_MS = 3_000;

const SCREENSHOTS = join('test-results', 'screenshots', 'e2e');

const QUIET_SETTINGS = {
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.tips.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'chat.disableAIFeatures': true,
  'window.commandCenter': false,
};

export interface WorkbenchOptions {
  /** `scripted` attaches to the engine without a model; `real` starts the one in the package. */
  readonly engine: 'real' | 'scripted';
  readonly settings?: Readonly<Record<string, unknown>>;
  /** How long the engine waits for the next client after the last one has gone; a minute unless told. */
  readonly lingerMs?: number;
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

  private constructor(parts: Parts) {
    this.page = parts.page;
    this.sandbox = parts.sandbox;
    this.#browser = parts.browser;
    this.#server = parts.server;
    this.#settings = parts.settings;
  }

  static async open({ engine, settings: own, lingerMs = 60_000 }: WorkbenchOptions): Promise<Workbench> {
    const sandbox = new Sandbox(lingerMs);
    if (engine === 'scripted') await startScriptedEngine(sandbox);
    const { userData, workspace, env } = sandbox;
    const settings = { ...QUIET_SETTINGS, 'endless.model.path': 'bundled', ...own };
    writeSettings(userData, settings);
    const server = await CodeServer.start({ userData, workspace, env, extensions: inject('extensions') });
    const browser = await chromium.launch({ executablePath: ensureBrowser(), args: BROWSER_FLAGS });
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' });
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
    await this.#icon.waitFor({ timeout: 60_000 });
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

  /** Opens the sidebar's view by its icon in the activity bar. */
  async openChat(): Promise<ChatView> {
    // A window that is being restored opens the view by itself, and a click that comes just then closes it again.
    while ((await this.#icon.getAttribute('aria-selected')) !== 'true') {
      await this.#icon.click();
      await this.#selectedIcon.waitFor({ timeout: CLICK_MS }).catch(() => undefined);
    }
    const chat = new ChatView(this.page);
    await chat.composer.waitFor();
    return chat;
  }

  async runCommand(title: string): Promise<void> {
    await this.page.keyboard.press('F1');
    await this.page.locator('.quick-input-widget input').fill(`>${title}`);
    await this.page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first().click();
  }

  /** Takes effect when VS Code has noticed that the file has changed. */
  changeSettings(settings: Readonly<Record<string, unknown>>): void {
    this.#settings = { ...this.#settings, ...settings };
    writeSettings(this.sandbox.userData, this.#settings);
  }

  async reload(): Promise<void> {
    await this.page.reload();
    await this.#ready();
  }

  /** For people to look at; `test-results/` is not in the repository. */
  async screenshot(name: string): Promise<void> {
    // Tooltips and what opens on hover would cover the view.
    await this.page.mouse.move(800, 400);
    await this.page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });
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
