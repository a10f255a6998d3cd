import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { cudaRelease } from '../../../../src/engine/cuda/cuda-release.ts';

interface Lockfile {
  readonly packages: Readonly<
    Record<string, { readonly version?: string; readonly optionalDependencies?: Readonly<Record<string, string>> }>
  >;
}

const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as Lockfile;
const library = packages['node_modules/node-llama-cpp'];

describe.each(['linux-x64'])('the packages with CUDA for %s', (platform) => {
  const release = cudaRelease(platform)!;

  it('are of the version of the library that is installed, which takes no other', () => {
    expect(release.version).toBe(library?.version);
  });

  it('are those that the library itself would have', () => {
    const wanted = Object.keys(library?.optionalDependencies ?? {}).filter((name) => name.startsWith(`@node-llama-cpp/${platform}-cuda`));
    expect(release.packages.map(({ name }) => name).toSorted()).toEqual(wanted.toSorted());
  });

  it('have a checksum each', () => {
    for (const { integrity } of release.packages) {
      const [algorithm, checksum = ''] = integrity.split(/-(.+)/);
      expect([algorithm, Buffer.from(checksum, 'base64').length]).toEqual(['sha512', 64]);
    }
  });
});

it('there are none where there is no CUDA', () => {
  expect(cudaRelease('darwin-arm64')).toBeUndefined();
});
