import { accessSync, constants, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { SQLITE, sqlite, sqliteCode } from './sqlite.ts';
import { storageError } from './storage-error.ts';

/** What a folder is guarded for: it may be the rendezvous and hold the data at once. */
export type Guarded = 'engine' | 'data';

/**
 * How long a lock is asked for again, in milliseconds: two that ask at the same moment may each be refused for the other's
 * sake, and then there would be no engine at all.
 */
const PATIENCE_MS = 250;

/**
 * At most one engine per folder: it holds an exclusive SQLite transaction for as long as it lives. The lock is the
 * operating system's (https://sqlite.org/lockingv3.html), so it goes with the process however that ends: no stale lock
 * file, no process number to guess about.
 */
export class EngineLock {
  readonly #database: DatabaseSync;

  private constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /**
   * @returns the lock, or `undefined` when another engine holds it.
   * @throws EndlessError `sqlite-missing` when this Node has no `node:sqlite`; `disk-full`, `storage-read-only` or
   *   `storage-failed` when the folder cannot be written.
   */
  static acquire(directory: string, guarded: Guarded = 'engine'): EngineLock | undefined {
    const { DatabaseSync } = sqlite();
    let database: DatabaseSync | undefined;
    try {
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      // SQLite locks also what it cannot write.
      accessSync(directory, constants.W_OK);
      database = new DatabaseSync(join(directory, `${guarded}.lock`));
      database.exec(`PRAGMA busy_timeout = ${String(PATIENCE_MS)}; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE`);
      return new EngineLock(database);
    } catch (error) {
      database?.close();
      if (sqliteCode(error) === SQLITE.BUSY) return undefined;
      throw storageError(error, directory);
    }
  }

  release(): void {
    this.#database.close();
  }
}
