import { chmodSync, mkdirSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { sqlite } from '../../link/sqlite.ts';
import { EndlessError } from '../../shared/errors.ts';
import { migrate } from './transcript-schema.ts';

export type Row = Record<string, unknown>;

/** A conversation's database: in WAL mode, so that a killed process loses nothing of what was written. */
export class Database {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  /** Where a damaged file was put when this one was begun, if there was one. */
  readonly setAside: string | undefined;

  private constructor(database: DatabaseSync, setAside: string | undefined) {
    this.#database = database;
    this.setAside = setAside;
  }

  /**
   * Opens a database, or begins it. One that is damaged is kept beside under another name.
   *
   * @throws EndlessError `storage-failed`.
   */
  static open(path: string): Database {
    return guarded(() => {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      const database = openSound(path);
      if (database) return new Database(database, undefined);
      const aside = `${path}.damaged-${String(Date.now())}`;
      renameSync(path, aside);
      return new Database(openNew(path), aside);
    });
  }

  /** @throws EndlessError `storage-failed`, as all methods do. */
  run(sql: string, values: readonly SQLInputValue[] = []): { readonly changes: number } {
    return guarded(() => ({ changes: Number(this.#prepare(sql).run(...values).changes) }));
  }

  all(sql: string, values: readonly SQLInputValue[] = []): readonly Row[] {
    return guarded(() => this.#prepare(sql).all(...values));
  }

  /** Writes all of it or nothing; within another one it is a part of that. */
  atOnce<T>(work: () => T): T {
    if (this.#database.isTransaction) return work();
    return guarded(() => {
      this.#database.exec('BEGIN IMMEDIATE');
      try {
        const result = work();
        this.#database.exec('COMMIT');
        return result;
      } catch (error) {
        if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
        throw error;
      }
    });
  }

  close(): void {
    this.#database.close();
  }

  #prepare(sql: string): StatementSync {
    const statement = this.#statements.get(sql) ?? this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

function guarded<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw EndlessError.from(error, 'storage-failed');
  }
}

function openNew(path: string): DatabaseSync {
  const { DatabaseSync } = sqlite();
  const database = new DatabaseSync(path);
  chmodSync(path, 0o600);
  database.exec('PRAGMA busy_timeout = 2000; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
  migrate(database);
  return database;
}

/** `undefined` when the file is not a sound database. */
function openSound(path: string): DatabaseSync | undefined {
  let database: DatabaseSync | undefined;
  try {
    database = openNew(path);
    if (database.prepare('PRAGMA quick_check(1)').get()?.['quick_check'] === 'ok') return database;
  } catch (error) {
    if (!isDamage(error)) throw error;
  }
  database?.close();
  return undefined;
}

/** SQLITE_CORRUPT and SQLITE_NOTADB (https://sqlite.org/rescode.html). */
function isDamage(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && (error.errcode === 11 || error.errcode === 26);
}
