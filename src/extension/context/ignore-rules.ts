import ignore, { type Ignore } from 'ignore';

/** A `.gitignore`. */
export interface IgnoreFile {
  /** The folder that it is for: empty for the root, else with a slash at its end. */
  readonly folder: string;
  readonly text: string;
}

/** What Git ignores, as the `.gitignore` files of a folder and those below it say. All paths are relative, with slashes. */
export class IgnoreRules {
  /** The deepest first: what it says counts more. */
  readonly #rules: readonly { readonly folder: string; readonly rules: Ignore }[];
  readonly #folders = new Map<string, boolean>();

  constructor(files: readonly IgnoreFile[]) {
    this.#rules = files
      .toSorted((one, other) => other.folder.length - one.folder.length)
      .map(({ folder, text }) => ({ folder, rules: ignore().add(text) }));
  }

  /** @param path of a file; that of a folder ends with a slash. */
  ignores(path: string): boolean {
    return this.#ignoresFolder(folderOf(path)) || this.#verdict(path);
  }

  /** What is in a folder that is ignored cannot be brought back. */
  #ignoresFolder(folder: string): boolean {
    if (folder === '') return false;
    const known = this.#folders.get(folder);
    if (known !== undefined) return known;
    const isIgnored = this.ignores(folder);
    this.#folders.set(folder, isIgnored);
    return isIgnored;
  }

  #verdict(path: string): boolean {
    for (const { folder, rules } of this.#rules) {
      if (!path.startsWith(folder) || path === folder) continue;
      const { ignored, unignored } = rules.test(path.slice(folder.length));
      if (ignored || unignored) return ignored;
    }
    return false;
  }
}

/** The folder around a file or folder; empty at the root. */
function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/', path.length - 2) + 1);
}
