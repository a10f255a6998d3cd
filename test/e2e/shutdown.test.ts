import { expect, it } from 'vitest';
import { Workbench } from './harness/workbench.ts';

it('leaves no process behind once VS Code has closed and the engine has waited', async () => {
  const workbench = await Workbench.open({ engine: 'real', lingerMs: 2_000 });
  try {
    const chat = await workbench.openChat();
    await chat.ask('Hello!');
    const engine = await workbench.sandbox.enginePid();
    await workbench.close();
    // Closing may take longer than the engine waits.
    await expect.poll(() => workbench.sandbox.processes().filter((pid) => pid !== engine)).toEqual([]);
    await expect.poll(() => workbench.sandbox.processes()).toEqual([]);
  } finally {
    await workbench.dispose();
  }
});
