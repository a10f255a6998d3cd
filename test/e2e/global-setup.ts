import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createVSIX } from '@vscode/vsce';
import type { TestProject } from 'vitest/node';
import { ensureBrowser } from '../../scripts/browser.ts';
import { ensureCodeServer, installExtension } from '../../scripts/code-server.ts';
import { packageExtension } from '../../scripts/vsix.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The packaged extension. */
    vsix: string;
    /** A folder of extensions for code-server: the packaged one, and one that uses it (`consumer`) when its commands are run. */
    extensions: string;
  }
}

/** Packages the extension once, and installs it as users do, beside one that uses it. */
export async function setup(project: TestProject): Promise<() => void> {
  ensureBrowser();
  ensureCodeServer();
  const vsix = await packageExtension();
  const folder = mkdtempSync(join(tmpdir(), 'endless-vsix-'));
  const extensions = join(folder, 'extensions');
  const consumer = join(folder, 'consumer.vsix');
  await createVSIX({ cwd: join(import.meta.dirname, 'consumer'), packagePath: consumer, allowMissingRepository: true, skipLicense: true });
  for (const file of [vsix, consumer]) installExtension(file, { userData: join(folder, 'user'), extensions });
  project.provide('vsix', vsix);
  project.provide('extensions', extensions);
  return () => rmSync(folder, { recursive: true, force: true });
}
