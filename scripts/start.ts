/** `npm start`: the extension in a VS Code of its own, with the bundled model ready to chat. */
import { spawn, spawnSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { downloadAndUnzipVSCode, resolveCliPathFromVSCodeExecutablePath } from '@vscode/test-electron';
import { CodeServer, ensureCodeServer, installExtension, writeSettings, type CodeServerFolders } from './code-server.ts';
import { packageExtension } from './vsix.ts';

const HELP = `npm start [-- --in code|desktop|browser]

Builds and packages Endless, and opens VS Code on a sample workspace with the extension installed and its bundled
demonstration model chosen. Open the Endless view in the activity bar and write.

  --in code      the VS Code whose \`code\` command is on the PATH
  --in desktop   a desktop VS Code that is downloaded into .vscode-test/
  --in browser   code-server: VS Code in the browser, on 127.0.0.1; prints the address, Ctrl+C ends it

Without --in the first of the three that works is taken. The workspace, settings, extensions, transcripts and the engine's
own files are kept in .cache/start/, apart from your own. The model runs in a process of its own, which leaves a minute after
the last window has closed.`;

/** An engine and transcripts of its own, too. */
const ENGINE_FOLDERS = {
  ENDLESS_RUN_DIR: resolve('.cache', 'start', 'run'),
  ENDLESS_DATA_DIR: resolve('.cache', 'start', 'data'),
};

const WORKSPACE = resolve('.cache', 'start', 'sample');

const HOSTS = { code: inInstalledCode, desktop: inDownloadedCode, browser: inBrowser };

const { values } = parseArgs({ options: { in: { type: 'string' }, help: { type: 'boolean', short: 'h' } } });
if (values.help) console.log(HELP);
else await start(values.in);

async function start(wish: string | undefined): Promise<void> {
  const hosts = Object.entries(HOSTS).filter(([name]) => wish === undefined || name === wish);
  if (hosts.length === 0) throw new Error(`--in must be one of ${Object.keys(HOSTS).join(', ')}.`);
  const vsix = await packageExtension();
  for (const [name, open] of hosts) {
    try {
      await open(vsix);
      return;
    } catch (error) {
      console.error(`Not in "${name}": ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  process.exitCode = 1;
}

/** The two kinds of VS Code do not share their folders: each has a state of its own. */
function prepareFolders(name: string): CodeServerFolders {
  const folders = { userData: resolve('.cache', 'start', name), extensions: resolve('.cache', 'start', `${name}-extensions`) };
  writeSettings(folders.userData, {
    'endless.model.path': 'bundled',
    'workbench.startupEditor': 'readme',
    'workbench.secondarySideBar.defaultVisibility': 'hidden',
    'telemetry.telemetryLevel': 'off',
    // The workspace lies inside this repository.
    'git.openRepositoryInParentFolders': 'never',
  });
  // A copy, so that trying things out changes nothing here; what was changed there stays.
  cpSync('sample', WORKSPACE, { recursive: true, force: false });
  return folders;
}

async function inInstalledCode(vsix: string): Promise<void> {
  if (spawnSync('code', ['--version'], { shell: process.platform === 'win32' }).status !== 0) throw new Error('no `code` on the PATH.');
  await openDesktop('code', vsix);
}

async function inDownloadedCode(vsix: string): Promise<void> {
  const needsDisplay = process.platform !== 'win32' && process.platform !== 'darwin';
  if (needsDisplay && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY']) throw new Error('there is no display.');
  await openDesktop(resolveCliPathFromVSCodeExecutablePath(await downloadAndUnzipVSCode()), vsix);
}

async function openDesktop(cli: string, vsix: string): Promise<void> {
  const { userData, extensions } = prepareFolders('desktop');
  const folders = ['--user-data-dir', userData, '--extensions-dir', extensions, ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])];
  await run(cli, [...folders, '--install-extension', vsix, '--force']);
  await run(cli, [...folders, '--disable-workspace-trust', '--new-window', WORKSPACE]);
}

function run(command: string, args: readonly string[]): Promise<void> {
  return new Promise((settle, reject) => {
    const child = spawn(command, args, {
      stdio: 'inherit',
      shell: process.platform === 'win32',
      env: { ...process.env, ...ENGINE_FOLDERS },
    });
    child.once('error', reject);
    child.once('exit', (code) => (code === 0 ? settle() : reject(new Error(`${command} ended with code ${code ?? 'unknown'}.`))));
  });
}

async function inBrowser(vsix: string): Promise<void> {
  ensureCodeServer();
  const folders = prepareFolders('browser');
  installExtension(vsix, folders);
  const server = await CodeServer.start({ ...folders, workspace: WORKSPACE, env: ENGINE_FOLDERS });
  console.log(`VS Code is at ${server.url} (Ctrl+C ends it).`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void server.stop().then(() => process.exit()));
  }
}
