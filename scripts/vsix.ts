import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createVSIX } from '@vscode/vsce';
import { isTarget, stageDependencies, type Target } from './stage-dependencies.ts';

/**
 * What ships beside the runtime dependencies; `l10n` and `package.nls.*` hold the texts. Of the models only
 * the one that is of use to somebody.
 */
const SHIPPED = [
  'dist/extension.mjs',
  'dist/chunks',
  'dist/engine.mjs',
  'dist/webview.js',
  'dist/webview.css',
  'dist/codicon.ttf',
  'models/endless-tiny.gguf',
  'models/README.md',
  'models/SOURCES.md',
  'media',
  'prompts',
  'l10n',
  'package.nls.json',
  'package.nls.de.json',
  'README.md',
  'CHANGELOG.md',
  'LICENSE',
  '.vscodeignore',
];

/** What `stageDependencies` has put there. */
const DEPENDENCIES = ['node_modules', 'package-lock.json'];

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

/** Everything but the dependencies is staged anew, so that nothing is left of another version. */
function stageFiles(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (!DEPENDENCIES.includes(name)) rmSync(join(folder, name), { recursive: true });
  }
  for (const path of SHIPPED) {
    if (!existsSync(path)) throw new Error(`${path} is missing: it belongs into the package.`);
    cpSync(path, join(folder, path), { recursive: true });
  }
  writeFileSync(join(folder, 'package.json'), JSON.stringify(publishedManifest(), undefined, 2));
}

/** The manifest without what is only for developing: the staged folder has no scripts and is not private. */
function publishedManifest(): Record<string, unknown> {
  const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Record<string, unknown>;
  const { scripts, devDependencies, allowScripts, private: isPrivate, ...published } = manifest;
  return published;
}
