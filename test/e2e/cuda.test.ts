import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cudaFolder } from '../../src/engine/cuda/cuda-folder.ts';
import { cudaRelease } from '../../src/engine/cuda/cuda-release.ts';
import { LocalRegistry, writeRelease } from '../engine/cuda/local-registry.ts';
import { Workbench } from './harness/workbench.ts';

const release = cudaRelease('linux-x64')!;
const COMMAND = 'Endless: Download the CUDA Back End';

describe.runIf(process.platform === 'linux' && process.arch === 'x64')('the CUDA back end', () => {
  let registry: LocalRegistry;
  let workbench: Workbench;
  let folder: string;
  beforeAll(async () => {
    // It has the names that are wanted, and other bytes.
    registry = await LocalRegistry.start(
      release.packages.map(({ name }) => name),
      release.version,
    );
    const env = { npm_config_registry: registry.address, npm_config_fetch_retries: '0' };
    workbench = await Workbench.open({ engine: 'real', env });
    folder = cudaFolder(join(workbench.sandbox.root, 'data'), release);
    await workbench.openChat();
  });
  afterAll(async () => {
    await workbench.dispose();
    await registry.close();
  });

  const answer = async (question: RegExp, button: string): Promise<void> => {
    await workbench.dialog(question).getByRole('button', { name: button, exact: true }).click();
  };

  it('is downloaded by npm when the user has said so, and refused when it is not what was promised', async () => {
    await workbench.quickInput.run(COMMAND);
    await workbench.dialog(/npm loads 320 MB from its registry, and they take 564 MB/).waitFor();
    expect(registry.asked).toEqual([]);
    await workbench.screenshot('cuda-question');
    await answer(/Download the CUDA back end/, 'Download');
    await workbench.notification(/could not be loaded by npm: “.*integrity/).waitFor();
    await workbench.screenshot('cuda-refused');
    expect(registry.asked.some((path) => path.endsWith('.tgz'))).toBe(true);
    expect(readdirSync(dirname(folder))).toEqual([]);
    await workbench.clearNotifications();
  });

  it('ends when the user cancels it', async () => {
    registry.gate = new Promise(() => undefined);
    await workbench.quickInput.run(COMMAND);
    await answer(/Download the CUDA back end/, 'Download');
    const progress = workbench.notification('Loading the CUDA back end');
    await expect.poll(() => readdirSync(dirname(folder))).toHaveLength(1);
    await progress.getByRole('button', { name: 'Cancel' }).click();
    await progress.waitFor({ state: 'detached' });
    await expect.poll(() => readdirSync(dirname(folder))).toEqual([]);
  });

  it('is found by the engine of the package, deleted on demand, and the engine is started anew', async () => {
    writeRelease(folder, release);
    await workbench.quickInput.run('Endless: Show Diagnostics');
    await workbench.page.getByText('CUDA back end: downloaded').waitFor();
    const before = await workbench.sandbox.enginePid();
    await workbench.quickInput.run(COMMAND);
    await answer(/is there already\. Delete it/, 'Delete');
    const told = workbench.notification('The CUDA back end was deleted.');
    await told.getByRole('button', { name: 'Restart engine' }).click();
    await expect.poll(() => workbench.sandbox.enginePid().catch(() => before)).not.toBe(before);
    expect(existsSync(folder)).toBe(false);
    expect(await workbench.chat.ask('Hello!')).toMatch(/\w/);
  });
});
