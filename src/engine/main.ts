import { exitCodeOf } from '../link/exit-codes.ts';
import { runDirectory } from '../link/run-directory.ts';
import { EngineServer } from '../link/server.ts';
import { requireFullTextSearch } from '../link/sqlite.ts';
import { resolveCudaFrom } from './cuda/resolve-cuda.ts';
import { Engine } from './engine.ts';
import { runShiftTrial } from './model/shift-trial.ts';
import type { LoadSettings } from './model/weights.ts';
import { dataDirectory } from './memory/data-directory.ts';

/** How long ending may take, in milliseconds. */
const LONGEST_CLOSING_MS = 20_000;

/**
 * The model process. It publishes itself in the rendezvous folder, serves every window, and leaves some time after the
 * last one has gone. If another engine serves already, it ends at once: that one is as good.
 */
async function main(): Promise<void> {
  // Whatever this process writes is for the user's eyes only.
  process.umask(0o077);
  requireFullTextSearch();
  const leaving = Promise.withResolvers<void>();
  const data = dataDirectory();
  const engine = new Engine({ dataDirectory: data, entry: import.meta.filename, leave: leaving.resolve, crash });
  const server = await EngineServer.start(engine, {
    directory: runDirectory(),
    lingerMs: () => Number(process.env['ENDLESS_LINGER_MS'] ?? engine.lingerMs),
    dataDirectory: data,
  });
  if (!server) return;
  await engine.begin();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => leaving.resolve());
  await Promise.race([server.abandoned, leaving.promise]);
  // Native code that does not let go must not keep the process.
  setTimeout(() => process.exit(1), LONGEST_CLOSING_MS).unref();
  await server.close();
  await engine.close();
  server.release();
}

// Its log is a file: a full disk must not end the engine for a line of it.
process.stderr.on('error', () => undefined);

/** Whatever a lost device does to native code that is to let go of it, this ends the process. */
function crash(): void {
  process.kill(process.pid, 'SIGKILL');
}

/** `engine.mjs shift-trial SETTINGS` is the throwaway process that tries whether a model can shift. */
function run(): Promise<void> {
  const [, , task, settings = ''] = process.argv;
  resolveCudaFrom(dataDirectory());
  return task === 'shift-trial' ? runShiftTrial(JSON.parse(settings) as LoadSettings) : main();
}

await run().catch((error: unknown) => {
  process.exitCode = exitCodeOf(error);
  process.stderr.write(`${String(error)}\n`);
});
