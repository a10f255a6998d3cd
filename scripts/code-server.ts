import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { installDebianPackages } from './debian-packages.ts';
import { npmCi } from './npm-ci.ts';

/** code-server is a package of its own: three minutes of installing that only some commands need. */
const FOLDER = resolve(import.meta.dirname, 'code-server');
const ENTRY = join(FOLDER, 'node_modules', 'code-server', 'out', 'node', 'entry.js');

/** What its native modules are built with. */
const BUILD_PACKAGES = ['build-essential', 'pkg-config', 'python3', 'libkrb5-dev', 'libsecret-1-dev'];

export interface CodeServerFolders {
  readonly userData: string;
  readonly extensions: string;
}

export interface CodeServerOptions extends CodeServerFolders {
  /** Folder to open. */
  readonly workspace: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Whether the user has to trust a workspace before everything works in it. */
  readonly hasWorkspaceTrust?: boolean;
}

/** Installs code-server unless the version of the lockfile is there. */
export function ensureCodeServer(): void {
  if (process.platform === 'win32') throw new Error('code-server does not run on Windows.');
  if (installedVersion() === versionIn('package-lock.json')) return;
  const canBuild = spawnSync('sh', ['-c', 'command -v g++ python3 && pkg-config --exists krb5-gssapi libsecret-1']).status === 0;
  if (!canBuild) installDebianPackages(BUILD_PACKAGES, 'What code-server is built with');
  console.error('Installing code-server (about three minutes the first time) ...');
  npmCi(FOLDER);
}

function installedVersion(): string | undefined {
  return existsSync(ENTRY) ? versionIn('node_modules/.package-lock.json') : undefined;
}

/** npm writes its record of what is installed last, so that a broken-off installation has none. */
function versionIn(lockfile: string): string | undefined {
  if (!existsSync(join(FOLDER, lockfile))) return undefined;
  const { packages } = JSON.parse(readFileSync(join(FOLDER, lockfile), 'utf8')) as { packages: Record<string, { version?: string }> };
  return packages['node_modules/code-server']?.version;
}

export function installExtension(vsix: string, folders: CodeServerFolders): void {
  const { status, stderr, stdout } = spawnSync(process.execPath, [ENTRY, ...flags(folders), '--install-extension', vsix, '--force'], {
    encoding: 'utf8',
    env: environment(),
  });
  if (status !== 0) throw new Error(`code-server did not install ${vsix}:\n${stdout}${stderr}`);
}

/** A real VS Code in the browser, on a free port of the loopback. */
export class CodeServer {
  readonly url: string;
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess, url: string) {
    this.#process = process;
    this.url = url;
  }

  /** @throws Error with what code-server printed, when it ends before it listens. */
  static async start(options: CodeServerOptions): Promise<CodeServer> {
    const network = ['--bind-addr', '127.0.0.1:0', '--auth', 'none'];
    const quiet = ['--disable-telemetry', '--disable-update-check', '--disable-getting-started-override'];
    if (options.hasWorkspaceTrust !== true) quiet.push('--disable-workspace-trust');
    const child = spawn(process.execPath, [ENTRY, ...flags(options), ...network, ...quiet, '--ignore-last-opened', options.workspace], {
      // A process group of its own: extension host, file watcher and terminals go down with it.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...environment(), ...options.env },
    });
    return new CodeServer(child, await listeningUrl(child));
  }

  /** Ends the whole process tree. An engine is not part of it: it is started detached and leaves by itself. */
  async stop(): Promise<void> {
    const { pid } = this.#process;
    if (pid === undefined) return;
    signalGroup(pid, 'SIGTERM');
    const deadline = Date.now() + 10_000;
    while (signalGroup(pid, 0)) {
      if (Date.now() > deadline) signalGroup(pid, 'SIGKILL');
      await delay(50);
    }
  }
}

function flags({ userData, extensions }: CodeServerFolders): string[] {
  mkdirSync(userData, { recursive: true });
  const config = join(userData, 'code-server.yaml');
  if (!existsSync(config)) writeFileSync(config, '');
  return ['--config', config, '--user-data-dir', userData, '--extensions-dir', extensions];
}

/** Without what would tie it to a VS Code around it, or change how it listens. */
function environment(): NodeJS.ProcessEnv {
  const foreign = /^(VSCODE_|ELECTRON_|CODE_SERVER_|CS_|PORT$|PASSWORD$|HASHED_PASSWORD$)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
}

async function listeningUrl(child: ChildProcess): Promise<string> {
  let printed = '';
  return new Promise((settle, reject) => {
    const read = (chunk: Buffer): void => {
      printed += chunk.toString();
      const url = /listening on (http:\/\/127\.0\.0\.1:\d+)/.exec(printed)?.[1];
      if (url !== undefined) settle(url);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`code-server ended with code ${code ?? 'unknown'}:\n${printed}`)));
  });
}

/** @returns whether a process of the group was there. */
function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-pid, signal);
  } catch {
    return false;
  }
}

/**
 * Settings for a workbench that shows nothing but what it is asked for. In the browser, settings of the scope `machine`
 * count only where the server has them; every other one counts only where the user has it.
 */
export function writeSettings(userData: string, settings: Readonly<Record<string, unknown>>): void {
  for (const file of [join(userData, 'User', 'settings.json'), join(userData, 'Machine', 'settings.json')]) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(settings, undefined, 2));
  }
}
