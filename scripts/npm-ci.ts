import { spawnSync } from 'node:child_process';

/**
 * Installs exactly what the lockfile in `folder` says.
 *
 * @throws Error when npm fails; what it printed is on the standard error.
 */
export function npmCi(folder: string, flags: readonly string[] = []): void {
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', ...flags], {
    cwd: folder,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
    env: ownEnvironment(),
  });
  if (status !== 0) throw new Error(`npm ci failed in ${folder}.`);
}

/** Without what an npm around this process has set: it would hand on its own Node version and its silence. */
function ownEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));
}
