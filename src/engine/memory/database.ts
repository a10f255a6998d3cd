import { dirname } from 'node:path';
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { storageError } from '../../link/storage-error.ts';
import { seal } from './seal.ts';
import { isDamage, openDatabase } from './transcript-file.ts';

export type Row = Record<string, unknown>;

/**
 * A conversation's database: in WAL mode, so that a killed process loses nothing of what was written. All methods throw an
 * EndlessError `disk-full`, `storage-read-only` or `storage-failed`.
 */
export class Database {
  readonly #path: string;
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  /** Where a damaged file was put when this one was begun, if there was one. */
  readonly setAside: string | undefined;
  /** Whether a page was read that made no sense. */
  #isDamaged = false;

  private constructor(path: string, database: DatabaseSync, setAside: string | undefined) {
    this.#path = path;
    this.#database = database;
    this.setAside = setAside;
  }

  /**
   * Opens a database, or begins it. One that is damaged is kept beside under another name.
   *
   * @throws EndlessError `transcript-newer` when a newer version has written it: it is left as it is.
   */
  static open(path: string): Database {
    try {
      const { database, setAside } = openDatabase(path);
      return new Database(path, database, setAside);
    } catch (error) {
      throw storageError(error, dirname(path));
    }
  }

  run(sql: string, values: readonly SQLInputValue[] = []): { readonly changes: number } {
    return this.#guarded(() => ({ changes: Number(this.#prepare(sql).run(...values).changes) }));
  }

  all(sql: string, values: readonly SQLInputValue[] = []): readonly Row[] {
    return this.#guarded(() => this.#prepare(sql).all(...values));
  }

  /** Runs statements as they are, those that change tables among them. */
  execute(statements: string): void {
    this.#statements.clear();
    this.#guarded(() => this.#database.exec(statements));
  }

  /** Writes all of it or nothing; within another one it is a part of that. */
  atOnce<T>(work: () => T): T {
    if (this.#database.isTransaction) return work();
    return this.#guarded(() => {
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

  /** What was found damaged gets no seal, so that the next opening reads it all. */
  close(): void {
    this.#database.close();
    if (!this.#isDamaged) seal(this.#path);
  }

  #prepare(sql: string): StatementSync {
    const statement = this.#statements.get(sql) ?? this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  #guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (isDamage(error)) this.#isDamaged = true;
      throw storageError(error, dirname(this.#path));
    }
  }
}
