import { randomUUID } from 'node:crypto';
import { readdirSync, realpathSync } from 'node:fs';
import { mkdir, readdir, rename, rm, statfs, writeFile } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import { storageError } from '../../link/storage-error.ts';
import { EndlessError } from '../../shared/errors.ts';
import type { CudaRemedy, CudaState } from '../../shared/protocol/cuda.ts';
import { cudaFolder, cudaRoot } from './cuda-folder.ts';
import type { CudaRelease } from './cuda-release.ts';
import { installLocked, NPM_CACHE } from './npm.ts';

export interface CudaOptions {
  readonly dataDirectory: string;
  /** `undefined` where there is none for this platform. */
  readonly release: CudaRelease | undefined;
  /** The file that importing a package would load, if there is one. */
  readonly resolve: (name: string) => string | undefined;
  readonly log: (message: string) => void;
}

/** A download that one window has asked for, or several. */
interface Run {
  readonly done: Promise<void>;
  readonly controller: AbortController;
  /** Windows that wait for it. */
  waiting: number;
}

/** The packages with CUDA, which are too large for the extension's own: downloads them below the data directory, and deletes them. */
export class CudaBackEnd {
  readonly #options: CudaOptions;
  #run: Run | undefined;
  /** Where it comes in now, by name. */
  #part: string | undefined;
  /** Whether it came in after this engine had begun. */
  #isNew = false;

  constructor(options: CudaOptions) {
    this.#options = options;
  }

  /** How it stands with them, and what downloading them costs. */
  get state(): CudaState {
    const { release, dataDirectory } = this.#options;
    if (!release) return { kind: 'none', folder: '', downloadBytes: 0, unpackedBytes: 0 };
    const folder = cudaFolder(dataDirectory, release);
    return { kind: this.#kind(release, folder), folder, downloadBytes: downloadBytes(release), unpackedBytes: unpackedBytes(release) };
  }

  /** What would have a model run on CUDA that does not, although a CUDA runtime is there. */
  get remedy(): CudaRemedy | undefined {
    switch (this.state.kind) {
      case 'none':
        return undefined;
      case 'absent':
        return 'download';
      case 'outdated':
        return 'download-again';
      case 'downloaded':
      case 'installed':
        // What was there from the beginning, and is not used, does not work.
        return this.#isNew ? 'restart' : undefined;
    }
  }

  /**
   * Downloads them, unless they are there. Who asks while they come in waits with the others; when nobody waits any more it ends.
   *
   * @throws EndlessError `cuda-unsupported`, `cuda-no-room`, what keeps the folder from being written, `npm-missing` or `npm-failed`.
   */
  async download(signal: AbortSignal): Promise<void> {
    // One that was given up has to end first: it works in the same folder.
    while (this.#run?.controller.signal.aborted) await this.#run.done.catch(() => undefined);
    // Another window may have been faster.
    if (!this.#run && (this.state.kind === 'downloaded' || this.state.kind === 'installed')) return;
    const run = (this.#run ??= this.#start());
    run.waiting += 1;
    const { promise: gone, reject } = Promise.withResolvers<never>();
    const leave = (): void => {
      run.waiting -= 1;
      if (run.waiting === 0) run.controller.abort();
      reject(signal.reason as Error);
    };
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
    try {
      await Promise.race([run.done, gone]);
    } finally {
      signal.removeEventListener('abort', leave);
    }
  }

  /**
   * Removes what engines that were killed have left, and releases of other versions of the library, which are of no use to it. An empty
   * folder stays of such a release: it tells that there was one. Only for the engine that has the data directory.
   */
  async begin(): Promise<void> {
    const { dataDirectory, release } = this.#options;
    if (!release) return;
    const others = await this.#removeOthers(release);
    const outdated = others.filter((name) => !TEMPORARY.test(name));
    for (const name of outdated) await mkdir(join(cudaRoot(dataDirectory), name), { mode: 0o700 });
  }

  /** Deletes what was downloaded, if it is there. An engine that runs on it keeps what it has loaded. */
  async delete(): Promise<void> {
    const { dataDirectory, release } = this.#options;
    if (!release) return;
    const folder = cudaFolder(dataDirectory, release);
    const gone = join(cudaRoot(dataDirectory), temporary('gone'));
    try {
      // At once: half of it must not count.
      await rename(folder, gone);
      await rm(gone, FORCED);
    } catch (error) {
      if (isMissing(error)) return;
      throw storageError(error, folder);
    }
  }

  /** Ends a download; settles when nothing is written any more. */
  async close(): Promise<void> {
    this.#run?.controller.abort();
    await this.#run?.done.catch(() => undefined);
  }

  #kind({ packages }: CudaRelease, folder: string): CudaState['kind'] {
    const files = packages.map(({ name }) => this.#options.resolve(name));
    if (files.includes(undefined)) return this.#hadAnother(folder) ? 'outdated' : 'absent';
    return files.some((file) => file?.startsWith(realPath(folder) + sep)) ? 'downloaded' : 'installed';
  }

  /** Whether a release of another version was here, and this one has not come in since. */
  #hadAnother(folder: string): boolean {
    try {
      return readdirSync(dirname(folder)).some((name) => name !== basename(folder) && !TEMPORARY.test(name));
    } catch {
      return false;
    }
  }

  #start(): Run {
    const controller = new AbortController();
    const done = this.#install(controller.signal).finally(() => (this.#run = undefined));
    // Those who wait are told; it may be that nobody does any more.
    done.catch(() => undefined);
    return { done, controller, waiting: 0 };
  }

  async #install(signal: AbortSignal): Promise<void> {
    const { dataDirectory, release, log } = this.#options;
    if (!release) throw new EndlessError('cuda-unsupported');
    const folder = cudaFolder(dataDirectory, release);
    const part = join(cudaRoot(dataDirectory), (this.#part = temporary('part')));
    try {
      await mkdir(part, { recursive: true, mode: 0o700 });
      await requireRoom(part, release);
      await writeLockfile(part, release);
      await installLocked(
        part,
        release.packages.map(({ name }) => name),
        signal,
      );
      await rm(join(part, NPM_CACHE), FORCED);
      await rm(folder, FORCED);
      await rename(part, folder);
      this.#isNew = true;
    } catch (error) {
      // What cannot be removed now is removed when the next engine begins.
      await rm(part, FORCED).catch(() => undefined);
      signal.throwIfAborted();
      if (error instanceof EndlessError && error.code === 'npm-failed')
        log(`npm could not load the CUDA back end:\n${String(error.cause)}`);
      throw storageError(error, folder);
    }
    await this.#removeOthers(release).catch((error: unknown) =>
      log(`what is left of another CUDA back end cannot be removed: ${String(error)}`),
    );
  }

  /** All but the release and what comes in now. @returns their names. */
  async #removeOthers({ version }: CudaRelease): Promise<readonly string[]> {
    const root = cudaRoot(this.#options.dataDirectory);
    const names = await readdir(root).catch((error: unknown) => {
      if (isMissing(error)) return [];
      throw error;
    });
    const others = names.filter((name) => name !== version && name !== this.#part);
    await Promise.all(others.map((name) => rm(join(root, name), FORCED)));
    return others;
  }
}

/** A process that was just killed may have a last file on its way. */
const FORCED = { recursive: true, force: true, maxRetries: 5 } as const;

/** What is not whole: it comes in, or it goes. */
const TEMPORARY = /^(?:part|gone)-/;

/** No two attempts share a folder: another engine may have left one, and npm may still write there. */
function temporary(kind: 'part' | 'gone'): string {
  return `${kind}-${randomUUID()}`;
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

/** What is resolved knows no links. */
function realPath(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return folder;
  }
}

/** npm keeps the archives until they are unpacked. */
async function requireRoom(folder: string, release: CudaRelease): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const [needed, free] = [downloadBytes(release) + unpackedBytes(release), bavail * bsize];
  if (needed > free) throw new EndlessError('cuda-no-room', { folder, needed, free });
}

/** Tells npm what the archives must be, and leaves to it where they come from. */
async function writeLockfile(folder: string, { version, packages }: CudaRelease): Promise<void> {
  const dependencies = Object.fromEntries(packages.map((one) => [one.name, version]));
  const locked = Object.fromEntries<object>(packages.map((one) => [`node_modules/${one.name}`, { version, integrity: one.integrity }]));
  const lockfile = { lockfileVersion: 3, requires: true, packages: { '': { dependencies }, ...locked } };
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies }));
  await writeFile(join(folder, 'package-lock.json'), JSON.stringify(lockfile));
}

function downloadBytes({ packages }: CudaRelease): number {
  return packages.reduce((bytes, one) => bytes + one.downloadBytes, 0);
}

function unpackedBytes({ packages }: CudaRelease): number {
  return packages.reduce((bytes, one) => bytes + one.unpackedBytes, 0);
}
