import { chmodSync, existsSync, mkdirSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { SQLITE, sqlite, sqliteCode } from '../../link/sqlite.ts';
import { EndlessError } from '../../shared/errors.ts';
import { breakSeal, isSealed } from './seal.ts';
import { migrate, NEWEST_VERSION, schemaVersion } from './transcript-schema.ts';

/** What belongs to a database in WAL mode: without its log it would lack the newest turns. */
const PARTS = ['', '-wal', '-shm'] as const;

export interface OpenedDatabase {
  readonly database: DatabaseSync;
  /** Where a damaged database was put that stood here, if there was one. */
  readonly setAside: string | undefined;
}

/**
 * Opens a conversation's database in the newest version, or begins it. One that is damaged is kept beside under another
 * name.
 *
 * @throws EndlessError `transcript-newer`; what SQLite and the file system say of storage that cannot be written.
 */
export function openDatabase(path: string): OpenedDatabase {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const sound = openSound(path);
  if (sound) return { database: sound, setAside: undefined };
  const aside = setAside(path);
  return { database: openAndMigrate(path), setAside: aside };
}

/** SQLite found that the file is no sound database. */
export function isDamage(error: unknown): boolean {
  const code = sqliteCode(error);
  return code === SQLITE.CORRUPT || code === SQLITE.NOTADB;
}

/** `undefined` when the file is not a sound database. */
function openSound(path: string): DatabaseSync | undefined {
  let database: DatabaseSync | undefined;
  try {
    refuseNewer(path);
    const wasSealed = isSealed(path);
    breakSeal(path);
    database = openAndMigrate(path);
    // What cannot be made again is looked through; the index of a long conversation would take seconds.
    if (wasSealed || database.prepare('PRAGMA quick_check(turns)').get()?.['quick_check'] === 'ok') return database;
  } catch (error) {
    if (!isDamage(error)) throw error;
  }
  database?.close();
  return undefined;
}

/** Looks without the right to write: whoever may write folds the log into the file when it closes it. */
function refuseNewer(path: string): void {
  if (!existsSync(path)) return;
  const { DatabaseSync } = sqlite();
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    if (schemaVersion(database) > NEWEST_VERSION) throw new EndlessError('transcript-newer', { path });
  } finally {
    database.close();
  }
}

function openAndMigrate(path: string): DatabaseSync {
  const { DatabaseSync } = sqlite();
  const database = new DatabaseSync(path);
  try {
    chmodSync(path, 0o600);
    database.exec('PRAGMA busy_timeout = 2000; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
    // Whatever is deleted or written over is zeros in the file at once: what a user deletes is then not to be looked for.
    database.exec('PRAGMA secure_delete = ON');
    migrate(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function setAside(path: string): string {
  let number = 1;
  while (existsSync(`${path}.damaged-${String(number)}`)) number += 1;
  const aside = `${path}.damaged-${String(number)}`;
  for (const part of PARTS) {
    if (existsSync(path + part)) renameSync(path + part, aside + part);
  }
  return aside;
}
