import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { chromium, type Browser, type Page } from 'playwright-core';
import { BROWSER_FLAGS, ensureBrowser } from '../../scripts/browser.ts';
import { CodeServer, ensureCodeServer, installExtension, writeSettings } from '../../scripts/code-server.ts';
import { startUpBytes } from '../../scripts/start-up-code.ts';
import { packageExtension } from '../../scripts/vsix.ts';
import { ProcessTree } from './process-tree.ts';
import type { Progress } from './program.ts';

const TIME_LIMIT_MS = 60_000;
/** How long the palette may take to list a command that it knows. */
const PALETTE_MS = 3000;
const POLL_MS = 100;

export interface SessionOptions {
  /** Folder to open. */
  readonly workspace: string;
  /** Beside those that keep the workbench quiet. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly progress: Progress;
}

/** A real VS Code (code-server) with the packaged extension, in folders of its own, and a browser that shows it. Linux only. */
export class VsCodeSession {
  readonly page: Page;
  /** Everything that was started here, engines too. */
  readonly processes: ProcessTree;
  /** Made by the first engine that is started, and by nothing else. */
  readonly runFolder: string;
  /** Size of the installed code of the extension host. */
  readonly bundleBytes: number;
  readonly #root: string;
  readonly #server: CodeServer;
  readonly #browser: Browser;

  private constructor(
    root: string,
    parts: Pick<VsCodeSession, 'page' | 'processes' | 'bundleBytes'>,
    server: CodeServer,
    browser: Browser,
  ) {
    this.#root = root;
    ({ page: this.page, processes: this.processes, bundleBytes: this.bundleBytes } = parts);
    this.runFolder = foldersIn(root).run;
    this.#server = server;
    this.#browser = browser;
  }

  /** @throws UsageError on another system than Linux. */
  static async open({ workspace, settings = {}, progress }: SessionOptions): Promise<VsCodeSession> {
    const root = await mkdtemp(join(tmpdir(), 'endless-vscode-'));
    const folders = foldersIn(root);
    const processes = new ProcessTree('ENDLESS_RUN_DIR', folders.run);
    try {
      progress('packaging and installing the extension');
      const bundleBytes = await installPackage(folders);
      writeSettings(folders.userData, { ...QUIET, ...settings });
      const env = { ENDLESS_RUN_DIR: folders.run, ENDLESS_DATA_DIR: folders.data };
      const server = await CodeServer.start({ ...folders, workspace, env });
      const browser = await chromium.launch({ executablePath: ensureBrowser(), args: BROWSER_FLAGS });
      const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
      const session = new VsCodeSession(root, { page, processes, bundleBytes }, server, browser);
      await session.load();
      return session;
    } catch (error) {
      processes.kill();
      await removeFolder(root);
      throw error;
    }
  }

  /** Loads the page, again if it is there: every load has an extension host of its own. */
  async load(): Promise<void> {
    await this.page.goto(this.#server.url);
    await this.page.locator('.monaco-workbench .part.editor').waitFor({ timeout: TIME_LIMIT_MS });
  }

  async runCommand(title: string): Promise<void> {
    await this.#pick('F1', `>${title}`, title);
  }

  /** Opens a file of the workspace by its name. */
  async openFile(name: string): Promise<void> {
    await this.#pick('Control+P', name, name);
    await this.page.locator('.tabs-container .tab.active', { hasText: name }).waitFor();
  }

  /**
   * The palette lists a command only when the workbench has read the manifests, and does not follow up; and it closes when
   * something else takes the focus. So it is asked again.
   */
  async #pick(key: string, text: string, row: string): Promise<void> {
    const listed = this.page.locator('.quick-input-list .monaco-list-row', { hasText: row }).first();
    await waitFor(async () => {
      await this.page.keyboard.press('Escape');
      await this.page.keyboard.press(key);
      return this.page
        .locator('.quick-input-widget input')
        .fill(text, { timeout: PALETTE_MS })
        .then(() => listed.click({ timeout: PALETTE_MS }))
        .then(
          () => true,
          () => undefined,
        );
    });
  }

  /** What every extension host so far has written into the extension's log, oldest first. */
  async log(): Promise<string> {
    const folder = join(foldersIn(this.#root).userData, 'logs');
    const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('Endless.log'));
    const inOrder = names.toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }));
    return (await Promise.all(inOrder.map((name) => readFile(join(folder, name), 'utf8')))).join('');
  }

  async dispose(): Promise<void> {
    await this.#browser.close();
    await this.#server.stop();
    this.processes.kill();
    await removeFolder(this.#root);
  }
}

/** Tries until there is a result, for a minute. */
export async function waitFor<T>(attempt: () => Promise<T | undefined>): Promise<T> {
  const deadline = performance.now() + TIME_LIMIT_MS;
  while (performance.now() < deadline) {
    const result = await attempt();
    if (result !== undefined) return result;
    await delay(POLL_MS);
  }
  throw new Error(`VS Code did not get there within ${TIME_LIMIT_MS / 1000} s.`);
}

const QUIET = {
  'workbench.startupEditor': 'none',
  'chat.disableAIFeatures': true,
  'endless.model.path': 'bundled',
};

interface Folders {
  readonly userData: string;
  readonly extensions: string;
  readonly run: string;
  readonly data: string;
}

function foldersIn(root: string): Folders {
  const folder = (name: string): string => join(root, name);
  return { userData: folder('user'), extensions: folder('extensions'), run: folder('run'), data: folder('data') };
}

/** @returns how much code the installed extension loads at its start, in bytes. */
async function installPackage(folders: Folders): Promise<number> {
  ensureBrowser();
  ensureCodeServer();
  installExtension(await packageExtension(), folders);
  const name = (await readdir(folders.extensions)).find((entry) => entry.startsWith('endless-dev.endless-'));
  return startUpBytes(join(folders.extensions, name ?? '', 'dist', 'extension.mjs'));
}

function removeFolder(root: string): Promise<void> {
  return rm(root, { recursive: true, force: true, maxRetries: 10 });
}
