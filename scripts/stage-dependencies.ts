import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { npmCi } from './npm-ci.ts';

/** Native libraries of node-llama-cpp that go into the package of a platform. CUDA (over 500 MB) is left out. */
export const NATIVE_LIBRARIES = {
  'linux-x64': ['linux-x64', 'linux-x64-vulkan'],
  'linux-arm64': ['linux-arm64'],
  'darwin-x64': ['mac-x64'],
  'darwin-arm64': ['mac-arm64-metal'],
  'win32-x64': ['win-x64', 'win-x64-vulkan'],
  'win32-arm64': ['win-arm64'],
} as const satisfies Record<string, readonly string[]>;

/** A platform that VS Code knows, and node-llama-cpp has a library for. */
export type Target = keyof typeof NATIVE_LIBRARIES;

export function isTarget(name: string): name is Target {
  return Object.hasOwn(NATIVE_LIBRARIES, name);
}

interface Lockfile {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

interface LockedPackage {
  readonly dev?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const LIBRARY_SCOPE = '@node-llama-cpp/';

/**
 * Installs into `folder` what the extension needs at run time on `target`, in the versions of the lockfile. Does
 * nothing when that is what is there already.
 */
export function stageDependencies(folder: string, target: Target): void {
  const lockfile = runtimeLockfile(target);
  const text = JSON.stringify(lockfile);
  const staged = join(folder, 'package-lock.json');
  const isInstalled = existsSync(join(folder, 'node_modules', '.package-lock.json')) && existsSync(staged);
  if (isInstalled && readFileSync(staged, 'utf8') === text) return;

  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ dependencies: lockfile.packages['']?.dependencies }));
  writeFileSync(staged, text);
  const [os, cpu] = target.split('-');
  npmCi(folder, ['--omit=dev', '--ignore-scripts', `--os=${os}`, `--cpu=${cpu}`]);
  requireLibraries(folder, target);
}

/** The registry does not have what a platform needs, so its package has to be made where it does. */
export class MissingLibraries extends Error {
  override readonly name = 'MissingLibraries';

  constructor(target: Target, libraries: readonly string[]) {
    super(
      `There can be no package for ${target} here: the registry has no ${libraries.map((library) => LIBRARY_SCOPE + library).join(', ')}.`,
    );
  }
}

/** npm passes over optional packages that the registry does not have; a package without its library is of no use. */
function requireLibraries(folder: string, target: Target): void {
  const missing = NATIVE_LIBRARIES[target].filter((library) => !existsSync(join(folder, 'node_modules', LIBRARY_SCOPE, library)));
  if (missing.length === 0) return;
  rmSync(folder, { recursive: true });
  throw new MissingLibraries(target, missing);
}

/** The project's lockfile without what is for development or for other platforms. */
function runtimeLockfile(target: Target): Lockfile {
  const { packages, ...rest } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as Lockfile;
  const wanted: readonly string[] = NATIVE_LIBRARIES[target];
  const isUnwantedLibrary = (name: string): boolean => {
    const [, library] = name.split(LIBRARY_SCOPE);
    return library !== undefined && !wanted.includes(library);
  };
  const kept = Object.entries(packages).filter(([path, { dev }]) => dev !== true && !isUnwantedLibrary(path));

  const trimmed = kept.map(([path, { devDependencies, optionalDependencies = {}, ...locked }]): [string, LockedPackage] => {
    const optional = Object.entries(optionalDependencies).filter(([name]) => !isUnwantedLibrary(name));
    return [path, { ...locked, optionalDependencies: Object.fromEntries(optional) }];
  });
  return { ...rest, packages: Object.fromEntries(trimmed) };
}
