import type * as Sqlite from 'node:sqlite';
import { EndlessError } from '../shared/errors.ts';

/** The result codes of SQLite that make a difference (https://sqlite.org/rescode.html). */
export const SQLITE = { BUSY: 5, READONLY: 8, CORRUPT: 11, FULL: 13, CONSTRAINT: 19, NOTADB: 26 } as const;

/** The result code that an error of SQLite carries, without what refines it; `undefined` for any other error. */
export function sqliteCode(error: unknown): number | undefined {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : undefined;
}

/**
 * `node:sqlite`, asked for at run time: a static import would end the process before it can say what is missing.
 *
 * @throws EndlessError `sqlite-missing`.
 */
export function sqlite(): typeof Sqlite {
  const module = process.getBuiltinModule('node:sqlite') as typeof Sqlite | undefined;
  if (!module) throw new EndlessError('sqlite-missing', { node: process.versions.node });
  return module;
}

/** Makes sure that the full-text index is compiled in, as it has not been in every Electron. */
export function requireFullTextSearch(): void {
  const { DatabaseSync } = sqlite();
  try {
    const database = new DatabaseSync(':memory:');
    database.exec('CREATE VIRTUAL TABLE probe USING fts5 (text)');
    database.close();
  } catch (cause) {
    throw new EndlessError('sqlite-missing', { node: process.versions.node }, cause);
  }
}
