import type { Commands } from '../../commands/commands.ts';
import type { ServerTargets } from './choose-server.ts';

/** What is loaded only when it is run. */
export function serverCommands(targets: ServerTargets): Commands {
  return {
    'endless.chooseServer': async () => (await import('./choose-server.ts')).chooseServer(targets),
    'endless.enterServerKey': async () => (await import('./enter-key.ts')).enterKeyOfChosenServer(targets),
  };
}
