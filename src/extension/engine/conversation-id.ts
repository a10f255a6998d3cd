import { createHash } from 'node:crypto';

/**
 * The identity of a window's conversation: windows on the same folders share it, whatever the folders' order.
 *
 * @param folders URIs of the workspace folders.
 */
export function conversationId(folders: readonly string[]): string {
  if (folders.length === 0) return 'no-folder';
  const sorted = JSON.stringify([...folders].sort());
  return createHash('sha256').update(sorted).digest('hex').slice(0, 32);
}
