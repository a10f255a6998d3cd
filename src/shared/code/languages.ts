/** What fences call a language, by the extension of its files; the extension itself is one of the names. */
const NAMES: Readonly<Record<string, string>> = {
  ts: 'ts typescript mts cts',
  tsx: 'tsx typescriptreact',
  js: 'js javascript mjs cjs node',
  jsx: 'jsx javascriptreact',
  py: 'py python python3 pyi',
  rb: 'rb ruby',
  rs: 'rs rust',
  go: 'go golang',
  java: 'java',
  kt: 'kt kotlin kts',
  swift: 'swift',
  scala: 'scala',
  c: 'c',
  h: 'h',
  cpp: 'cpp c++ cc cxx',
  hpp: 'hpp hh',
  cs: 'cs csharp c#',
  fs: 'fs fsharp f#',
  vb: 'vb',
  php: 'php',
  dart: 'dart',
  lua: 'lua',
  pl: 'pl perl',
  r: 'r',
  jl: 'jl julia',
  ex: 'ex exs elixir',
  erl: 'erl erlang',
  hs: 'hs haskell',
  ml: 'ml ocaml',
  clj: 'clj clojure',
  zig: 'zig',
  sql: 'sql',
  html: 'html htm',
  css: 'css',
  scss: 'scss',
  less: 'less',
  vue: 'vue',
  svelte: 'svelte',
  json: 'json jsonc json5',
  yaml: 'yaml yml',
  toml: 'toml',
  xml: 'xml svg',
  ini: 'ini cfg conf properties env',
  md: 'md markdown mdx',
  tex: 'tex latex',
  graphql: 'graphql gql',
  proto: 'proto protobuf',
  tf: 'tf terraform hcl',
  gradle: 'gradle groovy',
  sh: 'sh bash zsh fish shell shellscript',
  ps1: 'ps1 powershell pwsh psm1',
  bat: 'bat cmd batch',
  txt: 'txt text plaintext',
};

const EXTENSIONS: ReadonlyMap<string, string> = new Map(
  Object.entries(NAMES).flatMap(([extension, names]) => names.split(' ').map((name) => [name, extension] as const)),
);

/** The files that are called like their language. */
const WHOLE_NAMES: Readonly<Record<string, string>> = { dockerfile: 'Dockerfile', makefile: 'Makefile', make: 'Makefile' };

/** How a new file of a language is called, by what a fence calls the language. */
export function fileNameFor(language: string): string {
  const name = language.toLowerCase();
  return WHOLE_NAMES[name] ?? `untitled.${EXTENSIONS.get(name) ?? 'txt'}`;
}

/** Whether a name ends like one of a file of source code or text. */
export function hasKnownExtension(name: string): boolean {
  const [, extension = ''] = /\.(\w+)$/.exec(name) ?? [];
  return EXTENSIONS.has(extension.toLowerCase());
}
