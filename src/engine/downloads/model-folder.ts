import { readdir, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

/** How the name of a file ends that is not whole yet, and of what is written beside it. */
export const PART = '.part';
export const RECORD = `${PART}.json`;

/** A model that was downloaded. */
export interface DownloadedModel {
  readonly uri: string;
  readonly path: string;
  readonly bytes: number;
}

/** The folder of downloaded models: `OWNER/REPOSITORY/FILE`, as on the hub. */
export class ModelFolder {
  readonly #folder: string;

  /** @param dataDirectory the engine's. */
  constructor(dataDirectory: string) {
    this.#folder = join(dataDirectory, 'models');
  }

  pathOf(uri: string): string {
    return join(this.#folder, ...uri.slice('hf:'.length).split('/'));
  }

  /** Whether it is there and whole. */
  async has(uri: string): Promise<boolean> {
    return (await sizeOf(this.pathOf(uri))) !== undefined;
  }

  /** What there is of it, whole or not. */
  async bytesOf(uri: string): Promise<number> {
    return (await sizeOf(this.pathOf(uri))) ?? (await sizeOf(this.pathOf(uri) + PART)) ?? 0;
  }

  /** Paths of the records of downloads that have not come to their end. */
  async records(): Promise<readonly string[]> {
    return (await this.#files()).filter((path) => path.endsWith(RECORD));
  }

  async models(): Promise<readonly DownloadedModel[]> {
    const paths = (await this.#files()).filter((path) => path.endsWith('.gguf'));
    const models = await Promise.all(
      paths.map(async (path) => {
        const bytes = await sizeOf(path);
        return bytes === undefined ? [] : [{ uri: this.#uriOf(path), path, bytes }];
      }),
    );
    return models.flat();
  }

  #uriOf(path: string): string {
    return `hf:${relative(this.#folder, path).split(sep).join('/')}`;
  }

  async #files(): Promise<readonly string[]> {
    const names = await readdir(this.#folder, { recursive: true }).catch(() => []);
    return names.map((name) => join(this.#folder, name)).toSorted();
  }
}

/** Nothing where there is no such file. */
async function sizeOf(path: string): Promise<number | undefined> {
  const stats = await stat(path).catch(() => undefined);
  return stats?.isFile() ? stats.size : undefined;
}
