import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { EndlessError } from '../shared/errors.ts';
import { sqlite } from './sqlite.ts';

/** https://sqlite.org/rescode.html */
const SQLITE_BUSY = 5;

/**
 * At most one engine per rendezvous folder: it holds an exclusive SQLite transaction for as long as it lives. The
 * lock is the operating system's (https://sqlite.org/lockingv3.html), so it goes with the process however that
 * ends: no stale lock file, no process number to guess about.
 */
export class EngineLock {
  readonly #database: DatabaseSync;

  private constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /**
   * @returns the lock, or `undefined` when another engine holds it.
   * @throws EndlessError `sqlite-missing` when this Node has no `node:sqlite`, `storage-failed` when the folder cannot
   *   be written.
   */
  static acquire(directory: string): EngineLock | undefined {
    const { DatabaseSync } = sqlite();
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const database = new DatabaseSync(join(directory, 'engine.lock'));
    try {
      database.exec('PRAGMA busy_timeout = 0; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
      return new EngineLock(database);
    } catch (error) {
      database.close();
      if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY) return undefined;
      throw new EndlessError('storage-failed', {}, error);
    }
  }

  release(): void {
    this.#database.close();
  }
}
