import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { sqlite } from '../../link/sqlite.ts';
import { ClearedTurns } from './cleared-turns.ts';
import { PassageIndex } from './passage-index.ts';

const SUFFIX = '.sqlite';

/** A conversation that is open deletes for itself. */
export interface OpenConversation {
  deleteOverdue(): Promise<void>;
}

export interface Sweep {
  readonly signal: AbortSignal;
  /** The conversation with this id, if it is open. */
  readonly opened: (conversationId: string) => OpenConversation | undefined;
  /** Told what keeps one of the files from being looked through; the others are. */
  readonly onError: (error: unknown) => void;
}

/** Deletes what was cleared and can no longer be brought back, also in conversations that nobody opens any more. */
export async function deleteOverdue(directory: string, { signal, opened, onError }: Sweep): Promise<void> {
  const folder = join(directory, 'conversations');
  const files = await readdir(folder).catch(() => []);
  for (const file of files.filter((name) => name.endsWith(SUFFIX))) {
    if (signal.aborted) return;
    const conversation = opened(file.slice(0, -SUFFIX.length));
    await (conversation ? conversation.deleteOverdue() : deleteIn(join(folder, file), signal)).catch(onError);
  }
}

/** A file of a version that could not clear is left as it is. */
async function deleteIn(path: string, signal: AbortSignal): Promise<void> {
  const { DatabaseSync } = sqlite();
  const database = new DatabaseSync(path);
  try {
    database.exec('PRAGMA busy_timeout = 2000');
    const canClear = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'clearing'").get() !== undefined;
    if (canClear) await new ClearedTurns(database, new PassageIndex(database)).deleteOverdue(signal);
  } finally {
    database.close();
  }
}
