import { createHash, type Hash } from 'node:crypto';
import { mkdir, open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { storageError } from '../../link/storage-error.ts';

const READ_BYTES = 1024 * 1024;

/** A file that is not whole yet, and the checksum of what there is. It grows at its end only. */
export class PartFile {
  readonly #file: FileHandle;
  readonly #folder: string;
  #hash: Hash;
  #bytes: number;

  private constructor(file: FileHandle, folder: string, hash: Hash, bytes: number) {
    this.#file = file;
    this.#folder = folder;
    this.#hash = hash;
    this.#bytes = bytes;
  }

  /** Opens what there is of it, and reads it once for the checksum. @throws EndlessError why it cannot be written. */
  static async open(path: string, signal: AbortSignal): Promise<PartFile> {
    const folder = dirname(path);
    return writing(folder, async () => {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const file = await open(path, 'a+', 0o600);
      try {
        const { hash, bytes } = await read(file, signal);
        return new PartFile(file, folder, hash, bytes);
      } catch (error) {
        await file.close();
        throw error;
      }
    });
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** SHA-256 of all of it, in hexadecimal digits. */
  get sha256(): string {
    return this.#hash.copy().digest('hex');
  }

  async append(bytes: Uint8Array): Promise<void> {
    await writing(this.#folder, () => this.#file.appendFile(bytes));
    this.#hash.update(bytes);
    this.#bytes += bytes.length;
  }

  /** Begins anew. */
  async empty(): Promise<void> {
    await writing(this.#folder, () => this.#file.truncate(0));
    this.#hash = createHash('sha256');
    this.#bytes = 0;
  }

  /** Makes sure that it is on the disk, and not only on its way there. */
  async flush(): Promise<void> {
    await writing(this.#folder, () => this.#file.sync());
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}

async function read(file: FileHandle, signal: AbortSignal): Promise<{ readonly hash: Hash; readonly bytes: number }> {
  const hash = createHash('sha256');
  const buffer = Buffer.alloc(READ_BYTES);
  for (let bytes = 0; ;) {
    signal.throwIfAborted();
    const { bytesRead } = await file.read(buffer, 0, READ_BYTES, bytes);
    if (bytesRead === 0) return { hash, bytes };
    hash.update(buffer.subarray(0, bytesRead));
    bytes += bytesRead;
  }
}

/** @throws EndlessError `disk-full`, `storage-read-only` or `storage-failed`. */
async function writing<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortError') throw error;
    throw storageError(error, folder);
  }
}
