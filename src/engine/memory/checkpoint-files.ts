import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { StateFile } from './manifest.ts';

const EXTENSION = '.kv';
const PARTIAL = '.partial';

/** The folder of native states: a file is there whole or not at all, and the oldest go when there is too much. */
export class CheckpointFiles {
  readonly #directory: string;

  /** @param directory the engine's data directory. */
  constructor(directory: string) {
    this.#directory = join(directory, 'checkpoints');
  }

  /**
   * Has a file written for a conversation, beside those it has.
   *
   * @param write is given the path to write to.
   */
  async write(conversationId: string, write: (path: string) => Promise<void>): Promise<StateFile> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    const name = `${conversationId}-${randomBytes(6).toString('hex')}${EXTENSION}`;
    const partial = `${this.#path(name)}${PARTIAL}`;
    try {
      await write(partial);
      await chmod(partial, 0o600);
      await flushed(partial);
      const { size: bytes } = await stat(partial);
      const checksum = await checksumOf(partial);
      await rename(partial, this.#path(name));
      await nameFlushed(this.#directory);
      return { name, bytes, checksum };
    } catch (error) {
      await rm(partial, { force: true });
      throw error;
    }
  }

  /** @returns the path of a file that is what it was when it was written; otherwise what is wrong with it. */
  async verified({ name, bytes, checksum }: StateFile): Promise<{ readonly path: string } | 'missing' | 'damaged'> {
    const path = this.#path(name);
    try {
      if ((await stat(path)).size !== bytes) return 'damaged';
      return (await checksumOf(path)) === checksum ? { path } : 'damaged';
    } catch {
      return 'missing';
    }
  }

  /** Removes one file. */
  async remove({ name }: StateFile): Promise<void> {
    await this.#remove([name]);
  }

  /** Removes all files of a conversation but some. */
  async removeAllBut(conversationId: string, kept: readonly StateFile[] = []): Promise<void> {
    const own = (await this.#names()).filter((name) => name.endsWith(EXTENSION) && ownerOf(name) === conversationId);
    await this.#remove(own.filter((name) => !kept.some((file) => file.name === name)));
  }

  /** Removes what was never finished, for the time when nobody writes. */
  async removePartial(): Promise<void> {
    await this.#remove((await this.#names()).filter((name) => name.endsWith(PARTIAL)));
  }

  /** Removes the oldest files until no more than `mostBytes` are left; what is just being written does not count. */
  async prune(mostBytes: number): Promise<void> {
    const names = (await this.#names()).filter((name) => name.endsWith(EXTENSION));
    const files = (await Promise.all(names.map((name) => this.#facts(name)))).filter((facts) => facts !== undefined);
    let left = files.reduce((sum, { bytes }) => sum + bytes, 0);
    const leaving = files
      .toSorted((one, other) => one.writtenAt - other.writtenAt)
      .filter(({ bytes }) => {
        const leaves = left > mostBytes;
        if (leaves) left -= bytes;
        return leaves;
      });
    await this.#remove(leaving.map(({ name }) => name));
  }

  /** Nothing of a file that has gone meanwhile. */
  async #facts(name: string): Promise<{ readonly name: string; readonly bytes: number; readonly writtenAt: number } | undefined> {
    const stats = await stat(this.#path(name)).catch(() => undefined);
    return stats && { name, bytes: stats.size, writtenAt: stats.mtimeMs };
  }

  async #names(): Promise<readonly string[]> {
    return readdir(this.#directory).catch(() => []);
  }

  async #remove(names: readonly string[]): Promise<void> {
    await Promise.all(names.map((name) => rm(this.#path(name), { force: true })));
  }

  #path(name: string): string {
    return join(this.#directory, name);
  }
}

/** The conversation whose file this is: its id may have hyphens in it, what follows the last one is random. */
function ownerOf(name: string): string {
  return name.slice(0, name.lastIndexOf('-'));
}

/** Makes sure that it is on the disk, and not only on its way there. */
async function flushed(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** The same for a name that is new. Windows cannot open folders for that, and writes names down by itself. */
async function nameFlushed(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const directory = await open(folder, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

async function checksumOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1024 * 1024 }), hash);
  return hash.digest('hex');
}
