/**
 * `node scripts/isolated.ts mounts|offline COMMAND [ARGUMENT...]`: runs a command apart from the rest of the machine.
 *
 * With `mounts`, file systems that it mounts are its own and go with it. With `offline`, there is no network but the
 * loopback. Neither needs root where the kernel allows user namespaces; both need Linux (unshare(1), ip(8)).
 */
import { spawnSync } from 'node:child_process';
import { constants } from 'node:os';
import { installDebianPackages } from './debian-packages.ts';

const [kind, ...command] = process.argv.slice(2);
const isRoot = process.getuid?.() === 0;
/** Whoever is not root becomes the root of a user namespace. */
const asRoot = isRoot ? [] : ['--user', '--map-root-user'];

if (kind === 'mounts') {
  run([...asRoot, '--mount', '--', ...command]);
} else if (kind === 'offline') {
  if (spawnSync('ip', ['-V']).error) installDebianPackages(['iproute2'], 'What brings up the loopback');
  run([...asRoot, '--net', '--', 'sh', '-c', 'ip link set lo up && exec "$@"', 'offline', ...command]);
} else {
  throw new Error('Say what the command is to be isolated from: mounts or offline.');
}

function run(args: readonly string[]): void {
  const { status, signal, error } = spawnSync('unshare', args, { stdio: 'inherit' });
  if (error) throw new Error('unshare(1) is missing: this runs on Linux only.', { cause: error });
  process.exitCode = status ?? 128 + (signal ? constants.signals[signal] : 1);
}
