import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CudaBackEnd } from '../../../src/engine/cuda/cuda-back-end.ts';
import type { CudaRelease } from '../../../src/engine/cuda/cuda-release.ts';
import { LocalRegistry } from './local-registry.ts';

const NAMES = ['@node-llama-cpp/some-cuda', '@node-llama-cpp/some-cuda-ext'];
const VERSION = '9.8.7';

let registry: LocalRegistry;
let dataDirectory: string;
let logged: string[];
beforeEach(async () => {
  registry = await LocalRegistry.start(NAMES, VERSION);
  dataDirectory = mkdtempSync(join(tmpdir(), 'endless-cuda-'));
  logged = [];
  vi.stubEnv('npm_config_registry', registry.address);
  vi.stubEnv('npm_config_fetch_retries', '0');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  rmSync(dataDirectory, { recursive: true });
  await registry.close();
});

function backEnd(release: CudaRelease | undefined = registry.release): CudaBackEnd {
  const file = (name: string): string => join(dataDirectory, 'cuda', VERSION, 'node_modules', name, 'dist', 'index.js');
  const resolve = (name: string): string | undefined => (existsSync(file(name)) ? file(name) : undefined);
  return new CudaBackEnd({ dataDirectory, release, resolve, log: (message) => logged.push(message) });
}

/** As a user does for all of their projects. */
function set(setting: string): void {
  const file = join(dataDirectory, 'npmrc');
  writeFileSync(file, setting);
  vi.stubEnv('npm_config_userconfig', file);
}

const here = (): readonly string[] => readdirSync(join(dataDirectory, 'cuda'));
const forever = new AbortController().signal;

describe('the download of the CUDA back end', () => {
  it('brings the packages by npm, from the registry that npm knows, and nothing else', async () => {
    const cuda = backEnd();
    expect(cuda.state.kind).toBe('absent');
    await cuda.download(forever);
    expect(cuda.state).toMatchObject({ kind: 'downloaded', folder: join(dataDirectory, 'cuda', VERSION) });
    expect(registry.asked.toSorted()).toEqual(NAMES.flatMap((name) => [name, `${name}.tgz`]).toSorted());
    expect(readdirSync(cuda.state.folder).toSorted()).toEqual(['node_modules', 'package-lock.json', 'package.json']);
  });

  it('keeps nothing that has another checksum, and says what npm says', async () => {
    const [first, ...others] = registry.release.packages;
    const wrong = { ...first!, integrity: others[0]!.integrity };
    const failure = backEnd({ ...registry.release, packages: [wrong, ...others] }).download(forever);
    await expect(failure).rejects.toMatchObject({ code: 'npm-failed', args: { complaint: expect.stringMatching(/integrity/) as string } });
    expect(here()).toEqual([]);
    expect(logged.join('\n')).toContain('EINTEGRITY');
  });

  it('says that the registry does not have a package', async () => {
    const [first, ...others] = registry.release.packages;
    const failure = backEnd({ ...registry.release, packages: [{ ...first!, name: '@node-llama-cpp/none' }, ...others] }).download(forever);
    await expect(failure).rejects.toMatchObject({ code: 'npm-failed', args: { complaint: expect.stringMatching(/404/) as string } });
    expect(here()).toEqual([]);
  });

  it('says that there is no npm', async () => {
    vi.stubEnv('PATH', dataDirectory);
    await expect(backEnd().download(forever)).rejects.toMatchObject({ code: 'npm-missing' });
    expect(here()).toEqual([]);
  });

  it.each(['dry-run=true', 'package-lock=false', 'package-lock-only=true', 'location=global', 'global=true'])(
    'is made when npm is set to %s',
    async (setting) => {
      set(setting);
      const cuda = backEnd();
      await cuda.download(forever);
      expect(cuda.state).toMatchObject({ kind: 'downloaded', folder: join(dataDirectory, 'cuda', VERSION) });
    },
  );

  it.each(['loglevel=silent', 'heading=anything', 'color=always'])('says what npm says when it is set to %s', async (setting) => {
    set(setting);
    const [first, ...others] = registry.release.packages;
    const failure = backEnd({ ...registry.release, packages: [{ ...first!, name: '@node-llama-cpp/none' }, ...others] }).download(forever);
    await expect(failure).rejects.toMatchObject({ args: { complaint: expect.stringMatching(/^404 [^\u001B]*$/) as string } });
  });

  it('does not believe an npm that ends well without installing anything', async () => {
    writeFileSync(join(dataDirectory, 'npm'), '#!/bin/sh\necho all is well\n', { mode: 0o700 });
    vi.stubEnv('PATH', dataDirectory);
    await expect(backEnd().download(forever)).rejects.toMatchObject({ code: 'npm-failed', args: {} });
    expect(here()).toEqual([]);
    expect(logged.join('\n')).toContain(`without installing ${NAMES.join(', ')}\nall is well`);
  });

  it('asks for room first', async () => {
    const packages = registry.release.packages.map((one) => ({ ...one, unpackedBytes: 1e18 }));
    await expect(backEnd({ ...registry.release, packages }).download(forever)).rejects.toMatchObject({ code: 'cuda-no-room' });
    expect(registry.asked).toEqual([]);
  });

  it('says that the folder cannot be made', async () => {
    writeFileSync(join(dataDirectory, 'cuda'), 'a file');
    await expect(backEnd().download(forever)).rejects.toMatchObject({ code: 'storage-failed' });
  });

  it('says that there is none for a platform', async () => {
    const cuda = new CudaBackEnd({ dataDirectory, release: undefined, resolve: () => undefined, log: () => undefined });
    expect(cuda.state.kind).toBe('none');
    await expect(cuda.download(forever)).rejects.toMatchObject({ code: 'cuda-unsupported' });
  });

  it('is not disturbed by what is left of another one, and removes it', async () => {
    for (const name of ['1.0.0', 'part-of-another']) mkdirSync(join(dataDirectory, 'cuda', name, 'node_modules'), { recursive: true });
    await backEnd().download(forever);
    expect(here()).toEqual([VERSION]);
  });

  it('is one for two windows, and goes on for the one that stays', async () => {
    const gate = Promise.withResolvers<void>();
    registry.gate = gate.promise;
    const cuda = backEnd();
    const [first, second] = [new AbortController(), new AbortController()];
    const [one, two] = [cuda.download(first.signal), cuda.download(second.signal)];
    await registry.askedForArchive.promise;
    first.abort();
    await expect(one).rejects.toThrow(/abort/i);
    gate.resolve();
    await two;
    expect(cuda.state.kind).toBe('downloaded');
    expect(registry.asked).toHaveLength(4);
  });

  it('is not made again for a window that was asked earlier, and answers later', async () => {
    const cuda = backEnd();
    await cuda.download(forever);
    registry.asked.length = 0;
    await cuda.download(forever);
    expect(registry.asked).toEqual([]);
  });

  it('ends when nobody waits any more, leaves nothing, and can be begun again at once', async () => {
    registry.gate = new Promise(() => undefined);
    const cuda = backEnd();
    const controller = new AbortController();
    const given = cuda.download(controller.signal);
    await registry.askedForArchive.promise;
    controller.abort();
    await expect(given).rejects.toThrow(/abort/i);
    registry.gate = Promise.resolve();
    await cuda.download(forever);
    expect(here()).toEqual([VERSION]);
  });

  it('leaves nothing when the engine ends', async () => {
    registry.gate = new Promise(() => undefined);
    const cuda = backEnd();
    const given = cuda.download(forever);
    given.catch(() => undefined);
    await registry.askedForArchive.promise;
    await cuda.close();
    await expect(given).rejects.toThrow(/abort/i);
    expect(here()).toEqual([]);
  });
});

it('what would bring CUDA is a download, then a restart; an engine that found it there from its beginning knows nothing more', async () => {
  const cuda = backEnd();
  expect(cuda.remedy).toBe('download');
  await cuda.download(forever);
  expect([cuda.remedy, backEnd().remedy]).toEqual(['restart', undefined]);
  await cuda.delete();
  expect(cuda.remedy).toBe('download');
  mkdirSync(join(dataDirectory, 'cuda', '1.0.0'));
  expect(cuda.remedy).toBe('download-again');
  expect(new CudaBackEnd({ dataDirectory, release: undefined, resolve: () => undefined, log: () => undefined }).remedy).toBeUndefined();
});

it('what was downloaded can be deleted, also twice', async () => {
  const cuda = backEnd();
  await cuda.download(forever);
  await cuda.delete();
  await cuda.delete();
  expect(cuda.state.kind).toBe('absent');
  expect(here()).toEqual([]);
});

describe('when an engine begins', () => {
  const leave = (name: string): void => {
    mkdirSync(join(dataDirectory, 'cuda', name, 'node_modules'), { recursive: true });
  };

  it('what another has left is removed, and the release stays', async () => {
    const cuda = backEnd();
    await cuda.download(forever);
    for (const name of ['part-of-another', 'gone-half']) leave(name);
    await cuda.begin();
    expect(here()).toEqual([VERSION]);
    expect(cuda.state.kind).toBe('downloaded');
  });

  it('a release of another version is removed, and it is known that there was one until this one is there', async () => {
    leave('1.0.0');
    await backEnd().begin();
    expect(readdirSync(join(dataDirectory, 'cuda', '1.0.0'))).toEqual([]);
    const cuda = backEnd();
    await cuda.begin();
    expect(cuda.state.kind).toBe('outdated');
    await cuda.download(forever);
    expect(cuda.state.kind).toBe('downloaded');
    await cuda.delete();
    expect(cuda.state.kind).toBe('absent');
  });

  it('what comes in just then stays', async () => {
    const gate = Promise.withResolvers<void>();
    registry.gate = gate.promise;
    const cuda = backEnd();
    const given = cuda.download(forever);
    await registry.askedForArchive.promise;
    await cuda.begin();
    gate.resolve();
    await given;
    expect(cuda.state.kind).toBe('downloaded');
  });

  it('there need be nothing', async () => {
    const cuda = backEnd();
    await cuda.begin();
    expect(cuda.state.kind).toBe('absent');
  });
});
