/**
 * Runs a command with everything it needs: `node scripts/with-dependencies.mjs COMMAND [ARGUMENT...]`.
 *
 * Installs the dependencies when they are missing or are not those of the lockfile, then runs the command with
 * `node_modules/.bin` first on the PATH, so that `node` is the Node 24 among the dependencies. This is the one script
 * that must run before anything is installed, on Node 20. What npm prints goes to the standard error: the standard
 * output belongs to the command.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const onWindows = process.platform === 'win32';

if (!isInstalled()) install();
run(process.argv[2], process.argv.slice(3));

/** Whether every package that the lockfile demands is there in its version; npm keeps a record of what it installed. */
function isInstalled() {
  const record = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(record)) return false;
  const installed = readPackages(record);
  return Object.entries(readPackages(join(root, 'package-lock.json'))).every(
    ([path, { version, optional }]) => path === '' || optional || installed[path]?.version === version,
  );
}

function readPackages(lockfile) {
  return JSON.parse(readFileSync(lockfile, 'utf8')).packages;
}

function install() {
  process.stderr.write('Installing the dependencies (about 1.2 GB, a few minutes the first time) ...\n');
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: onWindows,
  });
  if (status !== 0) process.exit(status ?? 1);
}

function run(command, args) {
  const env = { ...process.env, PATH: join(root, 'node_modules', '.bin') + delimiter + process.env.PATH };
  const child = spawn(command, args, { stdio: 'inherit', shell: onWindows, env });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(127);
  });
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}
