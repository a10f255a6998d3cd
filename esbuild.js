/**
 * Bundles the three runtimes: `node esbuild.js [--production] [--watch]`.
 *
 * - `dist/extension.mjs`: the extension host side; what only a command needs is in `dist/chunks` and loaded with it.
 * - `dist/engine.mjs`: the model process. node-llama-cpp must keep its files as they are and stays outside.
 * - `dist/webview.js`, `dist/webview.css` and the icon font: the browser side.
 */
import { rmSync, writeFileSync } from 'node:fs';
import * as esbuild from 'esbuild';

const production = process.argv.includes('--production');
const watch = process.argv.includes('--watch');

/** @type {esbuild.BuildOptions} */
const common = {
  bundle: true,
  minify: production,
  sourcemap: production ? false : 'linked',
  legalComments: production ? 'none' : 'inline',
  logLevel: 'info',
  outdir: 'dist',
  metafile: true,
};

/** CommonJS dependencies of the ES module ask for Node's own modules with `require`, which an ES module lacks. */
const requireForCommonJs = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

/** @type {esbuild.BuildOptions[]} */
const bundles = [
  {
    ...common,
    entryPoints: { extension: 'src/extension/extension.ts' },
    outExtension: { '.js': '.mjs' },
    format: 'esm',
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    platform: 'node',
    target: 'node24',
    external: ['vscode'],
    banner: { js: requireForCommonJs },
  },
  {
    ...common,
    entryPoints: { engine: 'src/engine/main.ts' },
    outExtension: { '.js': '.mjs' },
    format: 'esm',
    platform: 'node',
    target: 'node24',
    external: ['node-llama-cpp'],
    banner: { js: requireForCommonJs },
  },
  {
    ...common,
    entryPoints: { webview: 'src/webview/main.ts' },
    format: 'iife',
    platform: 'browser',
    target: 'chrome138',
  },
  {
    ...common,
    entryPoints: { webview: 'src/webview/styles.css' },
    target: 'chrome138',
    loader: { '.ttf': 'file' },
    assetNames: '[name]',
  },
];

// The chunks of an earlier build have other names.
rmSync('dist/chunks', { recursive: true, force: true });

if (watch) {
  const contexts = await Promise.all(bundles.map((options) => esbuild.context(options)));
  await Promise.all(contexts.map((context) => context.watch()));
} else {
  const results = await Promise.all(bundles.map((options) => esbuild.build(options)));
  const outputs = results.flatMap(({ metafile }) => Object.values(metafile?.outputs ?? {}));
  const inputs = outputs.flatMap((output) => Object.entries(output.inputs));
  const files = inputs.flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : []));
  // Whose work is in the bundles is told by the notices in the package.
  writeFileSync('dist/bundled-files.json', JSON.stringify([...new Set(files)].sort(), undefined, 1));
}
