import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { ensureBrowser } from '../../scripts/browser.ts';
import { ensureCodeServer, installExtension } from '../../scripts/code-server.ts';
import { packageExtension } from '../../scripts/vsix.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The packaged extension. */
    vsix: string;
    /** A folder of extensions for code-server in which only the packaged extension is installed. */
    extensions: string;
  }
}

/** Packages the extension once, and installs it as users do. */
export async function setup(project: TestProject): Promise<() => void> {
  ensureBrowser();
  ensureCodeServer();
  const vsix = await packageExtension();
  const folder = mkdtempSync(join(tmpdir(), 'endless-vsix-'));
  const extensions = join(folder, 'extensions');
  installExtension(vsix, { userData: join(folder, 'user'), extensions });
  project.provide('vsix', vsix);
  project.provide('extensions', extensions);
  return () => rmSync(folder, { recursive: true, force: true });
}
