import { DatabaseSync } from 'node:sqlite';

/** What takes a version of the schema back to the one before: the first entry makes version 1 of version 2. */
const STEPS_BACK: readonly string[] = [
  'ALTER TABLE turns DROP COLUMN section; DROP TABLE current_section',
  'DROP TABLE cache_journal; DROP TABLE cache_manifest',
  'DROP TABLE passages; DROP TABLE passage_words; DROP TABLE unindexed_turns',
  'ALTER TABLE turns DROP COLUMN recall',
  'DROP TABLE clearing; DROP INDEX shown_turns; DROP INDEX unfinished_turns',
  'DROP TABLE samples',
  `DROP INDEX pinned_turns; ALTER TABLE turns DROP COLUMN attachments; ALTER TABLE turns DROP COLUMN thoughts;
   ALTER TABLE turns DROP COLUMN pinned; ALTER TABLE cache_edge DROP COLUMN rewound_to`,
  'DROP TABLE other_models',
];

/** Makes a conversation's database one of an older version, with everything that was said. */
export function takeBackTo(version: number, path: string): void {
  const database = new DatabaseSync(path);
  for (const statements of STEPS_BACK.slice(version - 1).toReversed()) database.exec(statements);
  database.exec(`PRAGMA user_version = ${String(version)}`);
  database.close();
}
