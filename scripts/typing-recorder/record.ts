/**
 * Records a typing session in a real VS Code for `bench completion`: `node scripts/typing-recorder/record.ts`. The keys are
 * pressed by a script (session.ts) at the pace of people (hands.ts); what VS Code makes of them, and what it asks an
 * inline completion provider for and when, is recorded as it happens.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createVSIX } from '@vscode/vsce';
import { chromium } from 'playwright-core';
import { BROWSER_FLAGS, ensureBrowser } from '../browser.ts';
import { CodeServer, ensureCodeServer, installExtension, writeSettings } from '../code-server.ts';
import { Hands } from './hands.ts';
import { FILES, SESSION } from './session.ts';

const RECORDING = 'src/bench/completion/recorded-typing.json';

/** Nothing is taken from the list of suggestions that was not meant to be. */
const SETTINGS = {
  'workbench.startupEditor': 'none',
  'chat.disableAIFeatures': true,
  'files.autoSave': 'off',
  'editor.acceptSuggestionOnEnter': 'off',
  'editor.acceptSuggestionOnCommitCharacter': false,
};

const root = mkdtempSync(join(tmpdir(), 'endless-recording-'));
const folder = (name: string): string => join(root, name);
const recorded = folder('events.jsonl');
try {
  await record();
} finally {
  rmSync(root, { recursive: true, force: true, maxRetries: 10 });
}

async function record(): Promise<void> {
  ensureCodeServer();
  for (const path of FILES) {
    mkdirSync(dirname(folder(join('workspace', path))), { recursive: true });
    cpSync(path, folder(join('workspace', path)));
  }
  const folders = { userData: folder('user'), extensions: folder('extensions') };
  const vsix = folder('recorder.vsix');
  await createVSIX({
    cwd: join(import.meta.dirname, 'extension'),
    packagePath: vsix,
    dependencies: false,
    allowMissingRepository: true,
    skipLicense: true,
  });
  installExtension(vsix, folders);
  writeSettings(folders.userData, SETTINGS);
  const server = await CodeServer.start({ ...folders, workspace: folder('workspace'), env: { ENDLESS_TYPING_RECORDING: recorded } });
  const browser = await chromium.launch({ executablePath: ensureBrowser(), args: BROWSER_FLAGS });
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.goto(server.url);
    await page.locator('.monaco-workbench .part.editor').waitFor();
    while (!existsSync(recorded)) await delay(100);
    const hands = new Hands(page);
    for (const step of SESSION) await hands.do(step);
  } finally {
    await browser.close();
    await server.stop();
  }
  const files = FILES.map((path) => ({ path, text: readFileSync(path, 'utf8') }));
  const lines = events().map((line) => `    ${withFileNumber(line)}`);
  writeFileSync(RECORDING, `{\n  "files": ${JSON.stringify(files)},\n  "events": [\n${lines.join(',\n')}\n  ]\n}\n`);
  console.log(`${lines.length} events are in ${RECORDING}.`);
}

/** A file is named by its place in the list. */
function withFileNumber(line: string): string {
  return line.replace(/"file":"([^"]+)"/, (_, path: string) => `"file":${FILES.indexOf(path)}`);
}

/** What has been recorded, a line each; the first only says that the recorder is there. */
function events(): readonly string[] {
  return readFileSync(recorded, 'utf8').trimEnd().split('\n').slice(1);
}
