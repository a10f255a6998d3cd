import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Where the engine keeps what must last: the user's data directory, by the platform's own rules (XDG base directory
 * specification on Linux). `ENDLESS_DATA_DIR` overrides it.
 */
export function dataDirectory(env: NodeJS.ProcessEnv = process.env): string {
  if (env['ENDLESS_DATA_DIR']) return env['ENDLESS_DATA_DIR'];
  switch (process.platform) {
    case 'win32':
      return join(env['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'), 'endless', 'data');
    case 'darwin':
      return join(homedir(), 'Library', 'Application Support', 'endless');
    default:
      return join(env['XDG_DATA_HOME'] ?? join(homedir(), '.local', 'share'), 'endless');
  }
}
