import type { Database } from './database.ts';
import type { PassageIndex } from './passage-index.ts';

/** Going back to an earlier place in the conversation: a message takes the place of a turn and of all behind it. */
export class Rewinding {
  readonly #database: Database;
  readonly #index: PassageIndex;

  constructor(database: Database, index: PassageIndex) {
    this.#database = database;
    this.#index = index;
  }

  /**
   * Hides a turn and all behind it, and lets them not be found; their text stays in the file. What was put aside since then is
   * wanted in the cache again, and the section is the one that the turn belonged to. Where the turn is shown no longer, since another
   * window has taken it back or cleared it, nothing is hidden: what came since has nothing to do with it. Only within a transaction.
   *
   * @returns whether it was there.
   */
  to(turnId: number): boolean {
    const [turn] = this.#database.all('SELECT section FROM turns WHERE forgotten = 0 AND id = ?', [turnId]);
    if (turn === undefined) return false;
    const section = Number(turn['section']);
    this.#database.run('UPDATE turns SET forgotten = 1 WHERE forgotten = 0 AND id >= ?', [turnId]);
    // What was cleared is older, and may be found again when it comes back.
    this.#index.removeFrom(turnId);
    this.#database.run(
      `UPDATE current_section SET section = ?, compacted_up_to = CASE WHEN compacted_up_to < ? THEN compacted_up_to
       ELSE (SELECT coalesce(max(id), 0) FROM turns WHERE forgotten = 0 AND section < ?) END`,
      [section, turnId, section],
    );
    this.#database.run('UPDATE cache_edge SET rewound_to = CASE WHEN rewound_to > 0 THEN min(rewound_to, ?) ELSE ? END', [turnId, turnId]);
    return true;
  }

  /**
   * The oldest turn that was taken back since the cache followed last; 0 when there is none. It and what came behind it may be in the
   * cache still.
   */
  get pendingTo(): number {
    return Number(this.#database.all('SELECT rewound_to FROM cache_edge')[0]?.['rewound_to']);
  }

  /** The cache holds nothing any more of what was taken back. */
  noteCacheFollowed(): void {
    this.#database.run('UPDATE cache_edge SET rewound_to = 0 WHERE rewound_to > 0');
  }
}
