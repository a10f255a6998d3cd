import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Workbench } from './workbench.ts';

/** What its commands do stands in `test/e2e/consumer`. */
const COMMANDS = {
  models: 'Consumer: List Models',
  ask: 'Consumer: Ask',
  cancel: 'Consumer: Cancel After Three Chunks',
  count: 'Consumer: Count Tokens',
  tool: 'Consumer: Use a Tool',
  picture: 'Consumer: Send a Picture',
} as const;

/** The extension beside ours that asks models through VS Code, driven by its commands. */
export class Consumer {
  readonly #workbench: Workbench;

  constructor(workbench: Workbench) {
    this.#workbench = workbench;
  }

  /** Runs a command and waits for what it writes down. */
  async run(command: keyof typeof COMMANDS): Promise<unknown> {
    const file = join(this.#workbench.sandbox.workspace, `consumer.${command}.json`);
    rmSync(file, { force: true });
    await this.#workbench.quickInput.run(COMMANDS[command]);
    await expect.poll(() => existsSync(file)).toBe(true);
    return JSON.parse(readFileSync(file, 'utf8'));
  }
}
