import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/**
 * Installs packages of the operating system where that can be done without asking: on Debian as root. Anywhere else
 * it only says what to run.
 *
 * @param purpose what the packages are for, for the message.
 * @throws Error that names the command to run.
 */
export function installDebianPackages(packages: readonly string[], purpose: string): void {
  const command = `apt-get update && apt-get install --yes --no-install-recommends ${packages.join(' ')}`;
  const canInstall = existsSync('/etc/debian_version') && process.getuid?.() === 0;
  if (!canInstall) throw new Error(`${purpose} is missing. On Debian or Ubuntu: sudo sh -c '${command}'`);
  console.error(`Installing ${purpose} (${packages.join(' ')}) ...`);
  const { status } = spawnSync('sh', ['-c', command], {
    stdio: ['ignore', 2, 2],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (status !== 0) throw new Error(`${purpose} could not be installed by: ${command}`);
}
