import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/**
 * The files of the webview by name, built in memory from the source as it is.
 *
 * @param minify as in the package.
 */
export async function bundleWebview({ minify = false } = {}): Promise<ReadonlyMap<string, Uint8Array>> {
  const result = await esbuild.build({
    absWorkingDir: ROOT,
    entryPoints: { 'webview-script': 'src/webview/main.ts', 'webview-style': 'src/webview/styles.css' },
    bundle: true,
    minify,
    write: false,
    format: 'iife',
    platform: 'browser',
    outdir: 'memory',
    loader: { '.ttf': 'file' },
    assetNames: '[name]',
  });
  return new Map(result.outputFiles.map((file) => [file.path.replace(/^.*[\\/]/, ''), file.contents]));
}

/** A program that runs in a page, as a script without imports. */
export async function bundlePageProgram(path: string): Promise<string> {
  const result = await esbuild.build({
    absWorkingDir: ROOT,
    entryPoints: [path],
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'browser',
  });
  return result.outputFiles.map(({ text }) => text).join('');
}
