import { existsSync } from 'node:fs';
import { mkdtemp, readFile, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { chromium, type Page } from 'playwright-core';
import { BROWSER_FLAGS, ensureBrowser } from '../../../scripts/browser.ts';
import { CodeServer, ensureCodeServer, installExtension, writeSettings } from '../../../scripts/code-server.ts';
import { packageExtension } from '../../../scripts/vsix.ts';
import { connectToEngine } from '../../link/connect.ts';
import { readRecord } from '../../link/run-directory.ts';
import { ProcessTree } from '../process-tree.ts';
import { defineBench, type Measurement, type Progress } from '../program.ts';
import { check } from '../report.ts';
import { median, worst } from '../statistics.ts';

/** Longest median of activate(), in milliseconds. */
const MOST_MS = 30;

/** Largest minified bundle of the extension host, in bytes. */
const MOST_BYTES = 300_000;

/** Activates the extension and needs neither the engine nor a model. */
const ACTIVATING_COMMAND = 'Endless: Show Log';
/** Shows the chat, which looks for an engine and starts it. */
const CHAT_COMMAND = 'Endless: Open Chat';

const TIME_LIMIT_MS = 60_000;
/** How long the palette may take to list a command that it knows. */
const PALETTE_MS = 3000;
const POLL_MS = 100;

/** What the extension costs a window that does not use it. */
export const activate = defineBench({
  options: { repeat: { default: 10, minimum: 1, help: 'page loads, each with an extension host of its own' } },
  async measure({ repeat }, progress): Promise<Measurement> {
    const root = await mkdtemp(join(tmpdir(), 'endless-activate-'));
    const folders = foldersIn(root);
    const tree = new ProcessTree('ENDLESS_RUN_DIR', folders.run);
    try {
      progress('packaging and installing the extension');
      const bundleBytes = await installPackage(folders);
      const observed = await observe(folders, repeat, progress);
      return measurement({ ...observed, bundleBytes });
    } finally {
      tree.kill();
      await rm(root, { recursive: true, force: true, maxRetries: 10 });
    }
  },
});

interface Folders {
  readonly userData: string;
  readonly extensions: string;
  readonly workspace: string;
  /** Made by the first engine that is started, and by nothing else. */
  readonly run: string;
  readonly data: string;
}

interface Observed {
  readonly times: readonly number[];
  /** Engines started by activating, 0 or 1. */
  readonly enginesStarted: number;
  /** Models loaded by showing the chat, 0 or 1. */
  readonly modelsLoaded: number;
}

function foldersIn(root: string): Folders {
  const folder = (name: string): string => join(root, name);
  return { userData: folder('user'), extensions: folder('extensions'), workspace: 'sample', run: folder('run'), data: folder('data') };
}

/** @returns the size of the installed bundle in bytes. */
async function installPackage(folders: Folders): Promise<number> {
  ensureBrowser();
  ensureCodeServer();
  installExtension(await packageExtension(), folders);
  const name = (await readdir(folders.extensions)).find((entry) => entry.startsWith('endless-dev.endless-'));
  return (await stat(join(folders.extensions, name ?? '', 'dist', 'extension.cjs'))).size;
}

async function observe(folders: Folders, repeat: number, progress: Progress): Promise<Observed> {
  writeSettings(folders.userData, {
    'workbench.startupEditor': 'none',
    'chat.disableAIFeatures': true,
    'endless.model.path': 'bundled',
  });
  const env = { ENDLESS_RUN_DIR: folders.run, ENDLESS_DATA_DIR: folders.data };
  const server = await CodeServer.start({ ...folders, env });
  const browser = await chromium.launch({ executablePath: ensureBrowser(), args: BROWSER_FLAGS });
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    for (let load = 1; load <= repeat; load++) {
      await page.goto(server.url);
      await runCommand(page, ACTIVATING_COMMAND);
      const times = await waitFor(async () => {
        const found = await activationTimes(folders.userData);
        return found.length >= load ? found : undefined;
      });
      progress(`activated in ${times.at(-1) ?? NaN} ms (${load} of ${repeat})`);
    }
    const enginesStarted = existsSync(folders.run) ? 1 : 0;
    await runCommand(page, CHAT_COMMAND);
    return { times: await activationTimes(folders.userData), enginesStarted, modelsLoaded: await modelsLoaded(folders.run) };
  } finally {
    await browser.close();
    await server.stop();
  }
}

/** The palette lists a command only when the workbench has read the manifests, and does not follow up: ask again. */
async function runCommand(page: Page, title: string): Promise<void> {
  await page.locator('.monaco-workbench .part.editor').waitFor({ timeout: TIME_LIMIT_MS });
  const command = page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first();
  await waitFor(async () => {
    await page.keyboard.press('Escape');
    await page.keyboard.press('F1');
    await page.locator('.quick-input-widget input').fill(`>${title}`);
    return command.click({ timeout: PALETTE_MS }).then(
      () => true,
      () => undefined,
    );
  });
}

/** The times that every extension host so far has written into its log, in milliseconds. */
async function activationTimes(userData: string): Promise<readonly number[]> {
  const names = await readdir(join(userData, 'logs'), { recursive: true });
  const logs = names.filter((name) => name.endsWith('Endless.log')).sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  const texts = await Promise.all(logs.map((name) => readFile(join(userData, 'logs', name), 'utf8')));
  return texts.flatMap((text) => [...text.matchAll(/activated in ([\d.]+) ms/g)].map((match) => Number(match[1])));
}

/** Asks the engine that the chat has started; that it is there shows that one would have been seen before. */
async function modelsLoaded(directory: string): Promise<number> {
  await waitFor(() => readRecord(directory));
  const start = (): never => {
    throw new Error('The engine that the chat started does not answer.');
  };
  const connection = await connectToEngine({ directory, client: 'bench', start });
  try {
    const { status } = await connection.request('open', { address: { conversationId: 'bench', lane: 'chat' }, turns: 1 });
    return status.model ? 1 : 0;
  } finally {
    connection.close();
  }
}

async function waitFor<T>(attempt: () => Promise<T | undefined>): Promise<T> {
  const deadline = performance.now() + TIME_LIMIT_MS;
  while (performance.now() < deadline) {
    const result = await attempt();
    if (result !== undefined) return result;
    await delay(POLL_MS);
  }
  throw new Error(`VS Code did not get there within ${TIME_LIMIT_MS / 1000} s.`);
}

function measurement({ times, enginesStarted, modelsLoaded, bundleBytes }: Observed & { readonly bundleBytes: number }): Measurement {
  return {
    model: null,
    results: [...times.map((activationMs, at) => ({ load: at + 1, activationMs })), { bundleBytes, enginesStarted, modelsLoaded }],
    checks: [
      check('median time of activate() in ms', median(times), '<=', MOST_MS),
      check('dist/extension.cjs, minified, in bytes', bundleBytes, '<=', MOST_BYTES),
      check('engines started by activation', enginesStarted, '<=', 0),
      check('models loaded by showing the chat', modelsLoaded, '<=', 0),
    ],
    tables: [
      {
        title: 'activate()',
        columns: ['page loads', 'median ms', 'worst ms', 'bundle bytes'],
        rows: [[times.length, median(times), worst(times), bundleBytes]],
      },
    ],
  };
}
