/**
 * Rule `endless/layers`: the folder is the runtime. A file under `src/` may import only from the layers, and use only
 * the packages, that the folder it stands in allows. Type imports count: a type from `vscode` in the engine would be
 * the first step to a value.
 */
import { isBuiltin } from 'node:module';
import { dirname, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const source = resolve(dirname(fileURLToPath(import.meta.url)), '../../src');

/** `uses`: other layers it may import, `scripts` being the folder beside `src`. `runtimes`: whose packages it may use. */
const LAYERS = {
  shared: { uses: [], runtimes: [] },
  link: { uses: ['shared'], runtimes: ['node'] },
  engine: { uses: ['link', 'shared'], runtimes: ['node', 'llama'] },
  extension: { uses: ['link', 'shared'], runtimes: ['node', 'vscode'] },
  webview: { uses: ['shared'], runtimes: [] },
  bench: { uses: ['engine', 'link', 'shared', 'scripts'], runtimes: ['node', 'llama'] },
  terminal: { uses: ['engine', 'link', 'shared'], runtimes: ['node', 'llama'] },
};

/** Whether a package is of that runtime, which only some layers have; a package of none is free. */
const RUNTIME_PACKAGES = {
  node: (name) => isBuiltin(name) || name === 'vscode-jsonrpc/node',
  vscode: (name) => name === 'vscode',
  llama: (name) => /^@?node-llama-cpp($|\/)/.test(name),
};

export const layers = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      unknown: 'src/{{layer}} is no layer: name it in scripts/eslint/layers.js or move the file.',
      folder: 'src/{{layer}} must not import from {{target}}.',
      package: 'src/{{layer}} must not use {{target}}.',
    },
  },
  create(context) {
    const layer = layerOf(context.filename);
    if (layer === undefined) return {};
    const allowed = LAYERS[layer];

    function check(node) {
      if (typeof node?.value !== 'string') return;
      const name = node.value;
      if (!allowed) context.report({ node, messageId: 'unknown', data: { layer } });
      else if (name.startsWith('.')) checkFolder(node, resolve(dirname(context.filename), name));
      else if (!isPackageAllowed(name)) context.report({ node, messageId: 'package', data: { layer, target: name } });
    }

    function checkFolder(node, path) {
      const target = layerOf(path) ?? (isScript(path) ? 'scripts' : undefined);
      if (target === layer || allowed.uses.includes(target)) return;
      context.report({ node, messageId: 'folder', data: { layer, target: target === undefined ? node.value : `src/${target}` } });
    }

    function isPackageAllowed(name) {
      return Object.entries(RUNTIME_PACKAGES).every(([runtime, has]) => allowed.runtimes.includes(runtime) || !has(name));
    }

    return {
      ImportDeclaration: (node) => check(node.source),
      ImportExpression: (node) => check(node.source),
      ExportNamedDeclaration: (node) => check(node.source),
      ExportAllDeclaration: (node) => check(node.source),
      TSImportType: (node) => check(node.source),
    };
  },
};

/** The first folder under `src/`, or `undefined` for a path that is not in one. */
function layerOf(path) {
  const [first, ...rest] = relative(source, path).split(sep);
  return first === '..' || rest.length === 0 ? undefined : first;
}

function isScript(path) {
  return relative(source, path).startsWith(`..${sep}scripts${sep}`);
}
