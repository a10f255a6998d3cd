import { accessSync, constants, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { EndlessError, type ErrorCode } from '../shared/errors.ts';
import { SQLITE, sqliteCode } from './sqlite.ts';

/**
 * Why something could not be written in a folder. SQLite often knows no more than that a file cannot be opened, so the
 * folder itself is asked, too.
 *
 * @returns `disk-full`, `storage-read-only`, or `storage-failed` for anything else; an `EndlessError` as it is.
 */
export function storageError(error: unknown, folder: string): EndlessError {
  if (error instanceof EndlessError) return error;
  return new EndlessError(codeOf(error) ?? codeOfFolder(folder) ?? 'storage-failed', { folder }, error);
}

function codeOf(error: unknown): ErrorCode | undefined {
  const code = sqliteCode(error);
  if (code === SQLITE.FULL) return 'disk-full';
  if (code === SQLITE.READONLY) return 'storage-read-only';
  switch (systemCode(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return 'disk-full';
    case 'EROFS':
    case 'EACCES':
    case 'EPERM':
      return 'storage-read-only';
    default:
      return undefined;
  }
}

/** Of a folder that could not be made, the one that it was to be made in is asked. */
function codeOfFolder(folder: string): ErrorCode | undefined {
  try {
    accessSync(folder, constants.W_OK);
    return statfsSync(folder).bavail === 0 ? 'disk-full' : undefined;
  } catch (error) {
    const isMissing = systemCode(error) === 'ENOENT' && dirname(folder) !== folder;
    return isMissing ? codeOfFolder(dirname(folder)) : codeOf(error);
  }
}

function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
