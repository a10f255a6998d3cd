import { execFileSync } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A piece of others' work that the package brings along. */
export interface Notice {
  readonly name: string;
  readonly version: string;
  /** As an SPDX expression. */
  readonly licence: string;
  readonly home: string;
  /** The licence's own words, with who has the copyright. */
  readonly text: string;
}

/** Licences that let everybody use, change and pass on the work, in whatever they make of it. */
const PERMISSIVE: ReadonlySet<string> = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC-BY-4.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'Unlicense',
]);

/** Whether an SPDX expression leaves a way that asks for no more than to be named. */
export function isPermissive(expression: string): boolean {
  const plain = expression.replaceAll(/[()]/g, '').trim();
  return plain.split(' OR ').some((way) => way.split(' AND ').every((licence) => PERMISSIVE.has(licence.trim())));
}

interface PackageManifest {
  readonly name?: string;
  readonly version?: string;
  readonly license?: string;
  readonly author?: string | { readonly name: string };
  readonly repository?: string | { readonly url: string };
}

/**
 * Collects what has to be said of others' work in the package.
 *
 * @param staged folder with the dependencies that ship as they are.
 * @param bundled files of the project, from its root, that have been put into the bundles.
 * @throws Error that names the packages whose licence is not permissive.
 */
export function collectNotices(staged: string, bundled: readonly string[]): readonly Notice[] {
  const folders = [...stagedPackages(staged), ...new Set(bundled.flatMap(packageOf))];
  const notices = folders.map(noticeOf);
  const refused = notices.filter(({ licence }) => !isPermissive(licence));
  if (refused.length > 0)
    throw new Error(`Not to be shipped: ${refused.map(({ name, licence }) => `${name} (${licence || 'no licence'})`).join(', ')}.`);
  const unique = new Map([...notices, ...llamaCppNotices(staged)].map((notice) => [`${notice.name} ${notice.version}`, notice]));
  return [...unique.values()].sort((one, other) => one.name.localeCompare(other.name, 'en'));
}

/** The file that ships. */
export function noticesText(notices: readonly Notice[]): string {
  const introduction = `# Third-party notices

Endless is made with the work of others, and brings some of it along: ${notices.length} packages and libraries. Each is
listed with its licence.`;
  const entries = notices.map(({ name, version, licence, home, text }) => {
    const fence = '`'.repeat(Math.max(3, longestFence(text) + 1));
    return [`## ${name} ${version}`.trimEnd(), `${licence}${home && ` · <${home}>`}`, `${fence}text\n${text.trim()}\n${fence}`].join(
      '\n\n',
    );
  });
  return `${[introduction, ...entries].join('\n\n')}\n`;
}

function longestFence(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([fence]) => fence.length));
}

function stagedPackages(staged: string): readonly string[] {
  return globSync('**/node_modules/{*,@*/*}/package.json', { cwd: staged }).map((path) => join(staged, path, '..'));
}

/** The folder of the package that a file belongs to; none for a file of ours. */
function packageOf(file: string): readonly string[] {
  const [folder] = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file.replaceAll('\\', '/')) ?? [];
  return folder === undefined ? [] : [folder];
}

function noticeOf(folder: string): Notice {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as PackageManifest;
  const { name = folder, version = '', license = '', repository } = manifest;
  const url = typeof repository === 'string' ? repository : (repository?.url ?? '');
  return { name, version, licence: license, home: homeOf(url), text: licenceText(folder) ?? standardText(manifest, name) };
}

function homeOf(repository: string): string {
  const url = repository
    .replace(/^git\+/, '')
    .replace(/^git:/, 'https:')
    .replace(/\.git$/, '');
  return url.startsWith('https://') ? url : '';
}

function licenceText(folder: string): string | undefined {
  const names = readdirSync(folder).filter((name) => /^(licen[cs]e|copying|notice)/i.test(name));
  const texts = names.sort().map((name) => readFileSync(join(folder, name), 'utf8').trim());
  return texts.length === 0 ? undefined : texts.join('\n\n');
}

/** A package may name its licence and leave out the text; it is the same for everybody but for the name. */
function standardText({ license, author }: PackageManifest, name: string): string {
  const holder = (typeof author === 'string' ? author.replace(/ <.*/, '') : author?.name) ?? `the authors of ${name}`;
  if (license !== 'MIT') throw new Error(`${name} has no text of its licence.`);
  const own = readFileSync('LICENSE', 'utf8');
  return own.replace(/^Copyright .*$/m, `Copyright (c) ${holder}`);
}

/** What the native libraries are made of, and where its licence lies among their sources. */
const BUILT_IN = {
  'llama.cpp': 'LICENSE',
  'JSON for Modern C++ (in llama.cpp)': 'licenses/LICENSE-jsonhpp',
  'cpp-httplib (in llama.cpp)': 'vendor/cpp-httplib/LICENSE',
} as const;

/** The native libraries are built from sources that npm brings along as a Git bundle; it does not ship, but its licences do. */
function llamaCppNotices(staged: string): readonly Notice[] {
  const library = join(staged, 'node_modules', 'node-llama-cpp', 'llama');
  const bundle = join(library, 'gitRelease.bundle');
  if (!existsSync(bundle)) throw new Error(`${bundle} is missing: the licences of the native libraries are in it.`);
  const { tag } = JSON.parse(readFileSync(join(library, 'llama.cpp.info.json'), 'utf8')) as { readonly tag: string };
  const clone = mkdtempSync(join(tmpdir(), 'llama.cpp-'));
  const git = (...args: readonly string[]): string => execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  try {
    git('clone', '--bare', '--quiet', bundle, clone);
    return Object.entries(BUILT_IN).map(([name, file]) => ({
      name,
      version: name === 'llama.cpp' ? tag : '',
      licence: 'MIT',
      home: 'https://github.com/ggml-org/llama.cpp',
      text: requireMit(git('-C', clone, 'show', `HEAD:${file}`), file),
    }));
  } finally {
    rmSync(clone, { recursive: true });
  }
}

function requireMit(text: string, file: string): string {
  if (!/MIT License/i.test(text) && !text.includes('Permission is hereby granted, free of charge')) throw new Error(`${file} has changed.`);
  return text;
}
