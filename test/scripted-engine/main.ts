import process from 'node:process';
import { runDirectory } from '../../src/link/run-directory.ts';
import { EngineServer } from '../../src/link/server.ts';
import { scriptedEngine } from './scripted-engine.ts';

/**
 * Publishes a scripted engine in the rendezvous folder, so that any client attaches to it as to the real one:
 *
 *     ENDLESS_RUN_DIR=DIR node test/scripted-engine/main.ts
 *
 * Prints `ready` when clients may come, or `taken` when another engine is there already; leaves when its last client
 * has been gone for a minute, or for as many milliseconds as `ENDLESS_LINGER_MS` says.
 */
const directory = runDirectory();
const crash = (): never => process.exit(70);
const lingerMs = (): number => Number(process.env['ENDLESS_LINGER_MS'] ?? 60_000);
const server = await EngineServer.start(scriptedEngine({ directory, crash }), { directory, lingerMs });

if (!server) {
  console.log('taken');
  process.exit(0);
}

const leave = async (): Promise<void> => {
  await server.close();
  process.exit(0);
};
process.once('SIGTERM', () => void leave());
process.once('SIGINT', () => void leave());
void server.abandoned.then(leave);
console.log('ready');
