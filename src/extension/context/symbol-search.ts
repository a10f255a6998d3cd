/** Milliseconds that languages have to look for symbols; whoever waits for longer types on. */
export const PATIENCE_MS = 5_000;

/**
 * Looks for symbols, for one query at a time, and of those that wait for the newest alone. A language that does not answer is left
 * behind: there is no way to end its work, and those that come later do not wait for it.
 */
export class SymbolSearch<T> {
  readonly #find: (query: string) => Promise<readonly T[]>;
  #newest = 0;
  #searching: Promise<unknown> = Promise.resolve();

  constructor(find: (query: string) => Promise<readonly T[]>) {
    this.#find = find;
  }

  /** @returns nothing when it fails, takes too long, or another query has come meanwhile. */
  ask(query: string): Promise<readonly T[]> {
    const asked = ++this.#newest;
    const found = this.#searching.then(() => (asked === this.#newest ? inTime(this.#find(query)) : [])).catch(() => []);
    this.#searching = found;
    return found;
  }
}

async function inTime<T>(found: Promise<readonly T[]>): Promise<readonly T[]> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<readonly T[]>((resolve) => (timer = setTimeout(() => resolve([]), PATIENCE_MS)));
  try {
    return await Promise.race([found, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
