import { setImmediate as nextTick } from 'node:timers/promises';
import * as v from 'valibot';
import type { Database } from './database.ts';
import type { PassageIndex } from './passage-index.ts';

/** How long a clear can be undone, in milliseconds. */
export const UNDO_MS = 7 * 24 * 60 * 60 * 1000;

/** Turns that are deleted in one transaction; the engine does other work between two of them. */
const SLICE = 100;

/** A turn that went with a clear; one that was forgotten by itself has a 1 and does not come back with the others. */
const CLEARED = 2;

const RowSchema = v.object({
  /** The newest turn that a clear took, and how many there were; 0 when nothing can be brought back. */
  cleared_up_to: v.number(),
  turns: v.number(),
  at: v.number(),
  /** All turns up to this one are to be deleted. */
  delete_up_to: v.number(),
});

export interface Clearing {
  /** How many turns were cleared. */
  readonly turns: number;
  /** When it was, in milliseconds since the epoch. */
  readonly at: number;
}

/**
 * The turns of a transcript that were cleared. A clear hides them, and can be undone until the next one or for a week; then their
 * text is deleted: overwritten in the file, in its indices and in its log. A deletion that was cut off goes on the next time.
 */
export class ClearedTurns {
  readonly #database: Database;
  readonly #index: PassageIndex;

  constructor(database: Database, index: PassageIndex) {
    this.#database = database;
    this.#index = index;
  }

  /**
   * Hides all turns up to one. What was cleared before can no longer be brought back, unless there is nothing to hide.
   *
   * @returns how many turns it were.
   * @throws EndlessError `storage-failed`, with nothing changed.
   */
  clear(upTo: number, now = Date.now()): number {
    return this.#database.atOnce(() => {
      const turns = this.#run('UPDATE turns SET forgotten = ? WHERE forgotten = 0 AND id <= ?', CLEARED, upTo);
      if (turns > 0) this.#run('UPDATE clearing SET delete_up_to = cleared_up_to, cleared_up_to = ?, turns = ?, at = ?', upTo, turns, now);
      return turns;
    });
  }

  /** Gives up what could be brought back; `deleteOverdue` deletes it. */
  expire(): void {
    this.#run('UPDATE clearing SET delete_up_to = cleared_up_to, turns = 0');
  }

  /** Up to this turn everything is hidden; 0 when nothing is. */
  get upTo(): number {
    return this.#row.cleared_up_to;
  }

  /** The newest turn there is, hidden or not; 0 when there is none. */
  get newest(): number {
    return Number(this.#database.all('SELECT coalesce(max(id), 0) AS newest FROM turns')[0]?.['newest']);
  }

  /**
   * Brings back what was cleared last.
   *
   * @returns the newest turn that is back and how many there are; nothing when it is too late.
   * @throws EndlessError `storage-failed`, with nothing changed.
   */
  undo(now = Date.now()): { readonly turns: number; readonly newest: number } | undefined {
    if (!this.undoable(now)) return undefined;
    return this.#database.atOnce(() => {
      const { cleared_up_to: upTo, delete_up_to: deleteUpTo } = this.#row;
      const turns = this.#run('UPDATE turns SET forgotten = 0 WHERE forgotten = ? AND id > ?', CLEARED, deleteUpTo);
      this.#run('UPDATE clearing SET cleared_up_to = delete_up_to, turns = 0');
      return { turns, newest: upTo };
    });
  }

  /** What `undo` would bring back. */
  undoable(now = Date.now()): Clearing | undefined {
    const { turns, at } = this.#row;
    return turns > 0 && now - at < UNDO_MS ? { turns, at } : undefined;
  }

  /**
   * Deletes what can no longer be brought back, a slice at a time.
   *
   * @param signal ends it between two slices; the rest is deleted the next time.
   * @throws EndlessError `storage-failed`; what is left is deleted the next time.
   */
  async deleteOverdue(signal: AbortSignal, now = Date.now()): Promise<void> {
    if (this.#row.turns > 0 && !this.undoable(now)) this.expire();
    const upTo = this.#row.delete_up_to;
    if (upTo === 0) return;
    while (this.#deleteSlice(upTo) > 0) {
      await nextTick();
      if (signal.aborted) return;
    }
    for (let isFirst = true; this.#index.compactSome(isFirst); isFirst = false) {
      await nextTick();
      if (signal.aborted) return;
    }
    // What was deleted is zeros in the file, and nothing of it is left in the log. Its pages are used again; to give them back
    // to the disk would mean to copy the whole file, while nobody is answered.
    this.#database.execute('PRAGMA wal_checkpoint(TRUNCATE)');
    this.#run('UPDATE clearing SET delete_up_to = 0 WHERE delete_up_to = ?', upTo);
    this.#run('UPDATE clearing SET cleared_up_to = 0 WHERE cleared_up_to = ?', upTo);
  }

  #deleteSlice(upTo: number): number {
    return this.#database.atOnce(() => {
      const rows = this.#database.all('SELECT id FROM turns WHERE id <= ? ORDER BY id LIMIT ?', [upTo, SLICE]);
      const ids = rows.map(({ id }) => Number(id));
      for (const id of ids) this.#index.remove(id);
      this.#run('DELETE FROM turns WHERE id <= ?', ids.at(-1) ?? 0);
      return ids.length;
    });
  }

  get #row(): v.InferOutput<typeof RowSchema> {
    return v.parse(RowSchema, this.#database.all('SELECT * FROM clearing')[0]);
  }

  #run(sql: string, ...values: readonly number[]): number {
    return this.#database.run(sql, values).changes;
  }
}
