import { go, prepare, snapshot, type Prepared, type Result, type Snapshot } from 'fuzzysort';

/** A file that resembles what somebody types. */
export interface RankedFile {
  readonly path: string;
  /** Indexes of the path that were matched, ascending. */
  readonly matches: readonly number[];
}

/** Worse likeness is none. */
const THRESHOLD = 0.3;

/** What somebody has open or has been at lately is more likely meant than what is a little more alike. */
const RECENT_BONUS = 0.15;

/** Paths that are prepared at once: no more than a frame or so in which nothing else can happen. */
const SLICE = 1_000;

/** Paths that are found by parts of names: beginnings of segments, humps of camels. */
export class RankedPaths {
  readonly #paths: readonly string[];
  readonly #snapshot: Snapshot;

  private constructor(prepared: readonly Prepared[]) {
    this.#paths = prepared.map(({ target }) => target);
    this.#snapshot = snapshot(prepared);
  }

  static readonly NONE = new RankedPaths([]);

  /** @param pause lets others have the thread between two slices. */
  static async prepare(paths: readonly string[], pause: () => Promise<void>): Promise<RankedPaths> {
    const prepared: Prepared[] = [];
    for (let start = 0; start < paths.length; start += SLICE) {
      prepared.push(...paths.slice(start, start + SLICE).map((path) => prepare(path)));
      await pause();
    }
    return new RankedPaths(prepared);
  }

  /**
   * The best first; without a query those of late and then any.
   *
   * @param recent paths of late, the newest first.
   */
  rank(query: string, recent: readonly string[], limit: number): readonly RankedFile[] {
    if (query === '') return this.#any(recent, limit);
    const options = { limit, threshold: THRESHOLD };
    const late = go(query, recent, options);
    const others = go(query, this.#snapshot, options);
    const scored = [
      ...late.map((result) => ({ result, score: result.score + RECENT_BONUS })),
      ...others.filter(({ target }) => !recent.includes(target)).map((result) => ({ result, score: result.score })),
    ];
    return scored
      .toSorted((one, other) => other.score - one.score)
      .slice(0, limit)
      .map(({ result }) => asRanked(result));
  }

  #any(recent: readonly string[], limit: number): readonly RankedFile[] {
    return [...new Set([...recent, ...this.#paths.slice(0, limit)])].slice(0, limit).map((path) => ({ path, matches: [] }));
  }
}

function asRanked({ target, indexes }: Result): RankedFile {
  return { path: target, matches: [...indexes] };
}
