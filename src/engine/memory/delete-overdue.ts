import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { sqlite } from '../../link/sqlite.ts';
import { Transcript } from './transcript.ts';

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
    const conversationId = file.slice(0, -SUFFIX.length);
    const conversation = opened(conversationId);
    await (conversation ? conversation.deleteOverdue() : deleteIn(directory, conversationId, signal)).catch(onError);
  }
}

/** A file that has nothing to delete is not written to. */
async function deleteIn(directory: string, conversationId: string, signal: AbortSignal): Promise<void> {
  if (!hasCleared(join(directory, 'conversations', `${conversationId}${SUFFIX}`))) return;
  const transcript = Transcript.open(directory, conversationId);
  try {
    await transcript.cleared.deleteOverdue(signal);
  } finally {
    transcript.close();
  }
}

function hasCleared(path: string): boolean {
  const { DatabaseSync } = sqlite();
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    const canClear = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'clearing'").get() !== undefined;
    return canClear && database.prepare('SELECT 1 FROM clearing WHERE cleared_up_to > 0 OR delete_up_to > 0').get() !== undefined;
  } finally {
    database.close();
  }
}
