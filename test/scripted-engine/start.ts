import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { StartedEngine } from '../../src/link/connect.ts';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));

/** A scripted engine in a process of its own. */
export interface ScriptedProcess extends StartedEngine {
  /** Settles with what it says first: `ready`, or `taken` when another engine serves the folder. */
  readonly announced: Promise<string>;
  kill(signal: NodeJS.Signals): Promise<void>;
}

/** Starts a scripted engine in the rendezvous folder `directory`. */
export function startScriptedEngine(directory: string): ScriptedProcess {
  const child = spawn(process.execPath, [MAIN], {
    env: { ...process.env, ENDLESS_RUN_DIR: directory },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = new Promise<number>((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
  return { exited, announced: firstLine(child), kill: (signal) => kill(child, signal) };
}

async function firstLine(child: ChildProcess): Promise<string> {
  const [chunk] = (await once(child.stdout ?? child, 'data')) as [Buffer];
  return chunk.toString().trim();
}

async function kill(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill(signal);
  await gone;
}
