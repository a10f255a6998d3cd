import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { sqlite } from '../../link/sqlite.ts';
import { UNDO_MS } from './cleared-turns.ts';

/** Databases of conversations, named by their ids. */
const DATABASE = /^([a-z0-9-]{1,64})\.sqlite$/;

/** A conversation that is open deletes for itself. */
export interface OpenConversation {
  deleteOverdue(): Promise<void>;
}

export interface Sweep {
  readonly signal: AbortSignal;
  /** Opens the conversation with this id, or gives the one that is open: there is one connection to each database. */
  readonly open: (conversationId: string) => OpenConversation;
  /** Told what keeps one of the files from being looked through; the others are. */
  readonly onError: (error: unknown) => void;
}

/** Deletes what was cleared and can no longer be brought back, also in conversations that nobody opens any more. */
export async function deleteOverdue(directory: string, { signal, open, onError }: Sweep): Promise<void> {
  const folder = join(directory, 'conversations');
  for (const file of await readdir(folder).catch(() => [])) {
    const [, conversationId] = DATABASE.exec(file) ?? [];
    if (signal.aborted) return;
    try {
      if (conversationId !== undefined && hasOverdue(join(folder, file), Date.now())) await open(conversationId).deleteOverdue();
    } catch (error) {
      onError(error);
    }
  }
}

/** Looks without the right to write. A file of a version that could not clear has nothing to delete. */
function hasOverdue(path: string, now: number): boolean {
  const { DatabaseSync } = sqlite();
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    const canClear = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'clearing'").get() !== undefined;
    const overdue = 'SELECT 1 FROM clearing WHERE delete_up_to > 0 OR (turns > 0 AND at <= ?)';
    return canClear && database.prepare(overdue).get(now - UNDO_MS) !== undefined;
  } finally {
    database.close();
  }
}
