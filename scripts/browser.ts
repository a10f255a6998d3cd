import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { installDebianPackages } from './debian-packages.ts';

/** The shell, which draws the same without a desktop's parts, opens a page in half the time. */
const NAMES = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge'];
const ELSEWHERE = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];

/** Path of the browser that the tests run in: a Chromium or one of its kin; `ENDLESS_BROWSER` overrides. */
export function findBrowser(): string | undefined {
  const onPath = (process.env['PATH'] ?? '').split(delimiter).flatMap((folder) => NAMES.map((name) => join(folder, name)));
  return [process.env['ENDLESS_BROWSER'], ...onPath, ...ELSEWHERE].find((path) => path !== undefined && existsSync(path));
}

/** Like `findBrowser`, but installs one when there is none. */
export function ensureBrowser(): string {
  if (findBrowser() === undefined)
    installDebianPackages(['chromium-headless-shell', 'fonts-dejavu-core'], 'A Chromium browser for the tests');
  const browser = findBrowser();
  if (browser === undefined) throw new Error('No Chromium browser found: set ENDLESS_BROWSER to the path of one.');
  return browser;
}

/** What a browser needs in a container: no sandbox of its own, no GPU, no traffic but that of the tests. */
export const BROWSER_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
