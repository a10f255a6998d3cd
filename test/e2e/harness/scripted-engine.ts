import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Sandbox } from './sandbox.ts';

/** Starts the engine without a model (test/scripted-engine) in the sandbox; the extension attaches to it. */
export async function startScriptedEngine(sandbox: Sandbox): Promise<void> {
  const child = spawn(process.execPath, ['test/scripted-engine/main.ts'], {
    env: { ...process.env, ...sandbox.env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  if (line.toString().trim() !== 'ready') throw new Error(`The scripted engine says: ${line.toString()}`);
}
