import { join, resolve } from 'node:path';
import { downloadAndUnzipVSCode, runTests, SilentReporter } from '@vscode/test-electron';
import { describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { hostTarget, packageExtension } from '../../scripts/vsix.ts';
import { Sandbox } from '../e2e/harness/sandbox.ts';

/** The oldest VS Code that the manifest promises, and the newest. */
const VERSIONS = [manifest.engines.vscode.replace('^', ''), 'stable'];

/** Desktop VS Code runs on Electron's Node, which the other tests cannot stand in for. */
describe.each(VERSIONS)('desktop VS Code %s', (version) => {
  it('shows the chat and answers with the bundled model, in an engine that runs on Electron as Node', async ({ skip }) => {
    const skipAloud = (reason: string): never => {
      process.stderr.write(`Skipped: desktop VS Code ${version}: ${reason}\n`);
      return skip(reason);
    };
    if (process.platform === 'linux' && !process.env['DISPLAY']) skipAloud('there is no display; run the tests under xvfb-run.');
    const vscodeExecutablePath = await downloadAndUnzipVSCode({ version, reporter: new SilentReporter() }).catch((error: unknown) =>
      skipAloud(`it cannot be downloaded here (${String(error)}).`),
    );
    await packageExtension();
    const sandbox = new Sandbox(2_000);
    try {
      const exitCode = await runTests({
        vscodeExecutablePath,
        extensionDevelopmentPath: resolve('.cache', 'vsix', hostTarget()),
        extensionTestsPath: join(import.meta.dirname, 'inside-vscode.cjs'),
        extensionTestsEnv: { ...sandbox.env },
        launchArgs: [sandbox.workspace, '--user-data-dir', sandbox.userData, '--disable-extensions', '--disable-workspace-trust'],
      });
      expect(exitCode).toBe(0);
    } finally {
      sandbox.dispose();
    }
  });
});
