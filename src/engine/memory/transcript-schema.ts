import type { DatabaseSync } from 'node:sqlite';
import { SAMPLE_TABLE } from './day-samples.ts';
import { PASSAGE_TABLES } from './passage-index.ts';

/** Each entry brings the database from the version before to its own; the index plus one is the version. */
const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE turns (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    key        TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    state      TEXT NOT NULL,
    message    TEXT NOT NULL,
    answer     TEXT NOT NULL DEFAULT '',
    finish     TEXT,
    error      TEXT,
    stats      TEXT,
    forgotten  INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE TABLE evictions (
    at       INTEGER NOT NULL,
    tokens   INTEGER NOT NULL,
    turn_ids TEXT NOT NULL
  ) STRICT;
  CREATE TABLE days (
    day       TEXT PRIMARY KEY,
    tokens    INTEGER NOT NULL DEFAULT 0,
    evicted   INTEGER NOT NULL DEFAULT 0,
    evictions INTEGER NOT NULL DEFAULT 0,
    rebuilds  INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE TABLE cache_edge (
    only           INTEGER PRIMARY KEY CHECK (only = 0),
    evicted_up_to  INTEGER NOT NULL
  ) STRICT;
  INSERT INTO cache_edge VALUES (0, 0);
  `,
  `
  ALTER TABLE turns ADD COLUMN section INTEGER NOT NULL DEFAULT 0;
  CREATE TABLE current_section (
    only    INTEGER PRIMARY KEY CHECK (only = 0),
    section INTEGER NOT NULL,
    compacted_up_to INTEGER NOT NULL
  ) STRICT;
  INSERT INTO current_section VALUES (0, 0, 0);
  `,
  `
  CREATE TABLE cache_journal (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    tokens  INTEGER NOT NULL,
    batches INTEGER NOT NULL,
    entries TEXT NOT NULL
  ) STRICT;
  CREATE TABLE cache_manifest (
    only     INTEGER PRIMARY KEY CHECK (only = 0),
    manifest TEXT NOT NULL,
    attempts INTEGER NOT NULL
  ) STRICT;
  `,
  PASSAGE_TABLES,
  'ALTER TABLE turns ADD COLUMN recall TEXT',
  `
  CREATE INDEX shown_turns ON turns (id) WHERE forgotten = 0;
  CREATE INDEX unfinished_turns ON turns (id) WHERE state IN ('queued', 'running');
  CREATE TABLE clearing (
    only          INTEGER PRIMARY KEY CHECK (only = 0),
    cleared_up_to INTEGER NOT NULL,
    turns         INTEGER NOT NULL,
    at            INTEGER NOT NULL,
    delete_up_to  INTEGER NOT NULL
  ) STRICT;
  INSERT INTO clearing VALUES (0, 0, 0, 0, 0);
  `,
  SAMPLE_TABLE,
  `
  ALTER TABLE turns ADD COLUMN attachments TEXT;
  ALTER TABLE turns ADD COLUMN thoughts TEXT NOT NULL DEFAULT '';
  ALTER TABLE turns ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX pinned_turns ON turns (id) WHERE pinned = 1;
  ALTER TABLE cache_edge ADD COLUMN rewound_to INTEGER NOT NULL DEFAULT 0;
  `,
  `
  CREATE TABLE other_models (
    fingerprint TEXT PRIMARY KEY,
    manifest    TEXT NOT NULL
  ) STRICT;
  `,
];

/** The version that this program writes. */
export const NEWEST_VERSION = MIGRATIONS.length;

/**
 * Brings the database to the newest version, each step whole or not at all.
 *
 * @param version one that is older, for tests.
 */
export function migrate(database: DatabaseSync, version = NEWEST_VERSION): void {
  for (const [index, statements] of MIGRATIONS.slice(0, version).entries()) {
    if (index < schemaVersion(database)) continue;
    database.exec(`BEGIN; ${statements}; PRAGMA user_version = ${String(index + 1)}; COMMIT`);
  }
}

export function schemaVersion(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
}
