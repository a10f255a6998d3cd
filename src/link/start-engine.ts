import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import type { StartedEngine } from './connect.ts';

/** Bytes of output of former engines that are kept. */
const LARGEST_OUTPUT = 1024 * 1024;

/**
 * How the engine's process is started. Its young generation stays small, in MB: V8 lets it grow to 48 MB for speed that
 * the engine, which waits for native code, has no use for; with it resident memory is 95 MB less (docs/evaluation.md).
 */
export const ENGINE_FLAGS: readonly string[] = ['--max-semi-space-size=4'];

/** Where engines, and the native code in them, print what they do not log. */
export function engineOutputPath(directory: string): string {
  return join(directory, 'engine.log');
}

/**
 * Starts an engine that outlives its starter. It runs on the Node that VS Code itself runs on
 * (`ELECTRON_RUN_AS_NODE` makes Electron behave as Node); what it prints, and what native code prints when it
 * aborts, goes to `engine.log` in the rendezvous folder.
 */
export function startEngine(entry: string, directory: string): StartedEngine {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const output = engineOutputPath(directory);
  if ((statSync(output, { throwIfNoEntry: false })?.size ?? 0) > LARGEST_OUTPUT) truncateSync(output);
  const log = openSync(output, 'a', 0o600);
  const child = spawn(process.execPath, [...ENGINE_FLAGS, entry], {
    detached: true,
    windowsHide: true,
    stdio: ['ignore', log, log],
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1', ENDLESS_RUN_DIR: directory },
  });
  closeSync(log);
  child.unref();
  return {
    exited: new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code) => resolve(code ?? 1));
    }),
  };
}
