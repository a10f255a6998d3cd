import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** How deep below a folder models are looked for, and in how many folders at most: somebody may name a whole disk. */
const DEEPEST = 6;
const MOST_FOLDERS = 2_000;

/** What makes pictures into tokens can be chosen by nobody. Its makers put that word before the name of the model or behind it. */
const PROJECTOR = /(?:^|[-._])mmproj(?:[-._])/i;
/** A file of a model in several, which is chosen by the first. */
const PART = /^(?<model>.*)-(?<number>\d{5})-of-(?<count>\d{5})\.gguf$/i;
const FIRST = '00001';

export interface GgufFile {
  readonly path: string;
  /** Of all files of the model. */
  readonly bytes: number;
}

/** Finds model files in a folder and below it; what cannot be read has none. */
export async function findGgufFiles(folder: string): Promise<readonly GgufFile[]> {
  const found: GgufFile[] = [];
  let [level, looked]: [readonly string[], number] = [[folder], 0];
  for (let depth = 0; depth <= DEEPEST && level.length > 0; depth += 1) {
    const below: string[] = [];
    for (const directory of level.slice(0, MOST_FOLDERS - looked)) {
      const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
      below.push(...entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(directory, name)));
      const names = entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name);
      for (const name of names.filter(isModelName).toSorted()) {
        const sizes = await Promise.all([name, ...furtherParts(name, names)].map((part) => sizeOf(join(directory, part))));
        if (sizes[0] !== undefined)
          found.push({ path: join(directory, name), bytes: sizes.reduce((sum: number, size = 0) => sum + size, 0) });
      }
    }
    looked += level.length;
    level = looked < MOST_FOLDERS ? below.toSorted() : [];
  }
  return found;
}

function isModelName(name: string): boolean {
  return /\.gguf$/i.test(name) && !PROJECTOR.test(name) && (partOf(name)?.number ?? FIRST) === FIRST;
}

/** The other files of a model, as far as they stand beside the first. */
function furtherParts(first: string, names: readonly string[]): readonly string[] {
  const whole = partOf(first);
  return whole ? names.filter((name) => name !== first && partOf(name)?.model === whole.model && partOf(name)?.count === whole.count) : [];
}

function partOf(name: string): { readonly model: string; readonly number: string; readonly count: string } | undefined {
  const { model = '', number = '', count = '' } = PART.exec(name)?.groups ?? {};
  return count === '' ? undefined : { model, number, count };
}

/** Some stores keep links to where the files are. Nothing where there is no file. */
async function sizeOf(path: string): Promise<number | undefined> {
  const stats = await stat(path).catch(() => undefined);
  return stats?.isFile() ? stats.size : undefined;
}
