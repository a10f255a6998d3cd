import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';

/**
 * To check a database is to read all of it, which takes longer the longer a conversation is. So a database that was
 * closed in good order is sealed: its size and time of change stand beside it. Whose seal fits need not be read again;
 * after a crash there is none, and after anybody else's writing it does not fit.
 */
export function isSealed(path: string): boolean {
  try {
    return readFileSync(sealOf(path), 'utf8') === stateOf(path);
  } catch {
    return false;
  }
}

/** To be called once the database is closed. Without a seal, for lack of room say, the next opening takes longer. */
export function seal(path: string): void {
  try {
    writeFileSync(sealOf(path), stateOf(path), { mode: 0o600 });
  } catch {
    breakSeal(path);
  }
}

/** To be called before the database is written to. */
export function breakSeal(path: string): void {
  rmSync(sealOf(path), { force: true });
}

function sealOf(path: string): string {
  return `${path}.sealed`;
}

function stateOf(path: string): string {
  const { size, mtimeNs } = statSync(path, { bigint: true });
  return `${String(size)} ${String(mtimeNs)}`;
}
