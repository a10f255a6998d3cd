import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { EndlessError } from '../../shared/errors.ts';

/**
 * Nothing of a package is run, and nothing is written outside of the folder. Settings of the user that would keep npm from
 * reading the lockfile, from installing what it says, or from saying what went wrong, do not count here; where it asks, and
 * through what proxy, is theirs.
 */
const FLAGS = [
  '--ignore-scripts',
  '--package-lock',
  '--no-package-lock-only',
  '--no-dry-run',
  '--no-global',
  '--location=project',
  '--loglevel=notice',
  '--heading=npm',
  '--no-color',
  '--no-audit',
  '--no-fund',
  '--no-update-notifier',
  '--logs-max=0',
];

/** Where npm keeps what it has loaded, below the folder. */
export const NPM_CACHE = 'npm-cache';

/** Lines that say less than the one behind them. */
const COMPLAINT = /^npm (?:error|ERR!) (?!(?:code|syscall|errno|path) )(.+)$/m;

/** Nobody reads them; the log has them. */
const CHECKSUM = /\b(sha\d+)-[\w+/=]{16,}/g;

/** Characters of npm's complaint that a user is shown. */
const LONGEST_COMPLAINT = 300;

/**
 * Installs the packages that the lockfile in a folder names, with the npm that the user has: it knows the registry, the proxy, the
 * certificates and the login of this machine, and compares checksums.
 *
 * @param signal ends npm; this settles when it has ended.
 * @throws EndlessError `npm-missing`, or `npm-failed` with what it complained of, if it did; the cause is all that it printed.
 */
export async function installLocked(folder: string, names: readonly string[], signal: AbortSignal): Promise<void> {
  const { code, output } = await runNpm(['ci', ...FLAGS, `--cache=${join(folder, NPM_CACHE)}`], folder, signal);
  signal.throwIfAborted();
  if (code !== 0) throw new EndlessError('npm-failed', { complaint: complaintOf(output) }, output);
  const missing = names.filter((name) => !existsSync(join(folder, 'node_modules', name, 'package.json')));
  if (missing.length > 0) throw new EndlessError('npm-failed', {}, `it has ended well without installing ${missing.join(', ')}\n${output}`);
}

/** The line of npm's output that says best what went wrong. */
export function complaintOf(output: string): string {
  const [, complaint = output.trim().split('\n').at(-1) ?? ''] = COMPLAINT.exec(output) ?? [];
  return complaint.trim().replaceAll(CHECKSUM, '$1-…').slice(0, LONGEST_COMPLAINT);
}

/** It knows no groups of processes. */
const IS_WINDOWS = process.platform === 'win32';

interface Ended {
  readonly code: number | null;
  /** What it printed, to either stream. */
  readonly output: string;
}

/** It leads a group of processes, so that those that it starts end with it. */
function runNpm(args: readonly string[], cwd: string, signal: AbortSignal): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const npm = spawn('npm', args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], detached: !IS_WINDOWS });
    const watcher = endWithUs(npm);
    // Asked to end, it first waits for what it loads; whatever it leaves is deleted with the folder.
    const end = (): void => kill(npm);
    const settle = (): void => {
      signal.removeEventListener('abort', end);
      watcher?.kill('SIGKILL');
    };
    signal.addEventListener('abort', end, { once: true });
    let output = '';
    for (const stream of [npm.stdout, npm.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    npm.once('error', (error) => {
      settle();
      reject(new EndlessError('npm-missing', {}, error));
    });
    npm.once('close', (code) => {
      settle();
      resolve({ code, output });
    });
    if (signal.aborted) end();
  });
}

function kill(leader: ChildProcess): void {
  if (IS_WINDOWS || leader.pid === undefined) return void leader.kill('SIGKILL');
  try {
    process.kill(-leader.pid, 'SIGKILL');
  } catch {
    // The whole group has ended.
  }
}

/** An engine that is killed cannot end a group: a shell does, when the pipe from here is closed. */
function endWithUs({ pid }: ChildProcess): ChildProcess | undefined {
  if (IS_WINDOWS || pid === undefined) return undefined;
  const watcher = spawn('/bin/sh', ['-c', 'read -r _; kill -9 -"$1"', 'sh', String(pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  // Without a shell npm only outlives an engine that is killed.
  watcher.once('error', () => undefined);
  return watcher;
}
