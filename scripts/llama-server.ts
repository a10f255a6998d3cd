import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { installDebianPackages } from './debian-packages.ts';

/** The sources of llama.cpp come with node-llama-cpp, as a bundle of git with the release that its binaries were built from. */
const LLAMA = join('node_modules', 'node-llama-cpp', 'llama');
/** Nothing from a network, no page of its own, one file: what answers requests is the same. */
const OPTIONS = ['-DCMAKE_BUILD_TYPE=Release', '-DBUILD_SHARED_LIBS=OFF', '-DLLAMA_OPENSSL=OFF', '-DLLAMA_USE_PREBUILT_UI=OFF'];

/** Path of llama.cpp's own server. Building it takes minutes; what was built before is not built again. */
export function ensureLlamaServer(): string {
  ensureCompiler();
  const { release } = JSON.parse(readFileSync(join(LLAMA, 'binariesGithubRelease.json'), 'utf8')) as { release: string };
  const folder = join('.cache', 'llama-server', release);
  const [sources, build] = [join(folder, 'sources'), join(folder, 'build')];
  if (!existsSync(sources)) run('git', ['clone', '--quiet', join(LLAMA, 'gitRelease.bundle'), sources]);
  if (!existsSync(join(build, 'build.ninja'))) run('cmake', ['-S', sources, '-B', build, '-G', 'Ninja', ...OPTIONS]);
  run('ninja', ['-C', build, 'llama-server']);
  return resolve(build, 'bin', 'llama-server');
}

function ensureCompiler(): void {
  const isMissing = ['git', 'cmake', 'ninja', 'c++'].some((program) => spawnSync(program, ['--version']).error);
  if (isMissing) installDebianPackages(['git', 'cmake', 'ninja-build', 'g++'], "What builds llama.cpp's server");
}

function run(program: string, args: readonly string[]): void {
  // What it prints belongs to the progress, not to the result.
  const { status } = spawnSync(program, args, { stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} has failed.`);
}
