import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** The files of the webview by name, built in memory from the source as it is. */
export async function bundleWebview(): Promise<ReadonlyMap<string, Uint8Array>> {
  const result = await esbuild.build({
    absWorkingDir: ROOT,
    entryPoints: { 'webview-script': 'src/webview/main.ts', 'webview-style': 'src/webview/styles.css' },
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    outdir: 'memory',
    loader: { '.ttf': 'file' },
    assetNames: '[name]',
  });
  return new Map(result.outputFiles.map((file) => [file.path.replace(/^.*[\\/]/, ''), file.contents]));
}
