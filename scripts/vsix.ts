import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createVSIX } from '@vscode/vsce';
import { isTarget, stageDependencies, type Target } from './stage-dependencies.ts';

/** What ships beside the runtime dependencies; `l10n` and `package.nls.json` hold the texts of the host. */
const SHIPPED = [
  'dist/extension.cjs',
  'dist/engine.mjs',
  'dist/webview.js',
  'dist/webview.css',
  'dist/codicon.ttf',
  'models',
  'media',
  'l10n',
  'package.nls.json',
  'README.md',
  'CHANGELOG.md',
  'LICENSE',
  '.vscodeignore',
];

/** The platform this runs on, as VS Code names it. */
export function hostTarget(): Target {
  const name = `${process.platform}-${process.arch}`;
  if (!isTarget(name)) throw new Error(`There is no package for ${name}.`);
  return name;
}

/**
 * Builds the extension and packages it for one platform.
 *
 * @returns the absolute path of the VSIX file.
 */
export async function packageExtension(target: Target = hostTarget()): Promise<string> {
  const { status } = spawnSync(process.execPath, ['esbuild.js', '--production'], { stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error('The build failed.');

  const folder = join('.cache', 'vsix', target);
  stageDependencies(folder, target);
  stageFiles(folder);
  const packagePath = resolve('dist', `endless-${target}.vsix`);
  await createVSIX({ cwd: folder, packagePath, target, rewriteRelativeLinks: false, allowMissingRepository: true });
  return packagePath;
}

function stageFiles(folder: string): void {
  for (const path of SHIPPED) {
    rmSync(join(folder, path), { recursive: true, force: true });
    if (!existsSync(path)) throw new Error(`${path} is missing: it belongs into the package.`);
    cpSync(path, join(folder, path), { recursive: true });
  }
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify(publishedManifest(), undefined, 2));
}

/** The manifest without what is only for developing: the staged folder has no scripts and is not private. */
function publishedManifest(): Record<string, unknown> {
  const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Record<string, unknown>;
  const { scripts, devDependencies, allowScripts, private: isPrivate, ...published } = manifest;
  return published;
}
