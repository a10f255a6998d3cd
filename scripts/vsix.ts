import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createVSIX } from '@vscode/vsce';
import { isTarget, stageDependencies, type Target } from './stage-dependencies.ts';
import { collectNotices, noticesText } from './third-party-notices.ts';

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
  'docs',
  'LICENSE',
  '.vscodeignore',
];

/** Larger ones take too long to download for a first look; in bytes. */
export const LARGEST_PACKAGE = 60e6;

/** Where the build says which files are in its bundles. */
const BUNDLED_FILES = join('dist', 'bundled-files.json');

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
 * @throws MissingLibraries when the registry has no native library for the platform.
 * @throws Error when a step fails, when something in the package may not be passed on, or when it is too large.
 */
export async function packageExtension(target: Target = hostTarget()): Promise<string> {
  const { status } = spawnSync(process.execPath, ['esbuild.js', '--production'], { stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error('The build failed.');

  const folder = join('.cache', 'vsix', target);
  stageDependencies(folder, target);
  stageFiles(folder);
  const bundled = JSON.parse(readFileSync(BUNDLED_FILES, 'utf8')) as readonly string[];
  writeFileSync(join(folder, 'THIRD-PARTY-NOTICES.md'), noticesText(collectNotices(folder, bundled)));
  const packagePath = resolve('dist', `endless-${target}.vsix`);
  await createVSIX({ cwd: folder, packagePath, target, rewriteRelativeLinks: false, allowMissingRepository: true });
  const { size } = statSync(packagePath);
  if (size > LARGEST_PACKAGE) throw new Error(`${packagePath} takes ${megabytes(size)} MB, and may take ${megabytes(LARGEST_PACKAGE)}.`);
  return packagePath;
}

/** As the marketplace counts them. */
export function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
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
