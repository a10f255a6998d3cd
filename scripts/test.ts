/** `npm test`: all checks, a summary, and as the last line `N passed, N failed` over all suites. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBrowser } from './browser.ts';
import { ensureCodeServer } from './code-server.ts';

interface Outcome {
  readonly suite: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly seconds: number;
}

const RESULTS = 'test-results';
/** Cheap checks first. `lint` and `types` count as one test each. */
const COMMANDS = ['lint', 'types'];
const PROJECTS = ['unit', 'engine', 'webview', 'e2e'];

installTools();
mkdirSync(RESULTS, { recursive: true });
const outcomes = [...COMMANDS.map(runCommand), ...PROJECTS.map(runProject)];
summarize(outcomes);

/** Comes first, so that a machine that cannot run the tests says so at once, and what to do. */
function installTools(): void {
  try {
    ensureBrowser();
    ensureCodeServer();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    console.log('0 passed, 1 failed');
    process.exit(1);
  }
}

function runCommand(suite: string): Outcome {
  console.log(`\n── ${suite}`);
  const [status, seconds] = run('npm', ['run', '--silent', suite]);
  return { suite, passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1, skipped: 0, seconds };
}

function runProject(suite: string): Outcome {
  console.log(`\n── ${suite}`);
  const report = join(RESULTS, `${suite}.json`);
  rmSync(report, { force: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const [status, seconds] = run('vitest', ['run', '--project', suite, ...reporters]);
  const { passed, failed, skipped } = existsSync(report) ? readReport(report) : { passed: 0, failed: 0, skipped: 0 };
  // A suite that could not be loaded or set up has no failed test to count.
  return { suite, passed, failed: status === 0 ? failed : Math.max(failed, 1), skipped, seconds };
}

function readReport(path: string): Pick<Outcome, 'passed' | 'failed' | 'skipped'> {
  const report = JSON.parse(readFileSync(path, 'utf8')) as Record<'numPassedTests' | 'numFailedTests' | 'numPendingTests', number>;
  return { passed: report.numPassedTests, failed: report.numFailedTests, skipped: report.numPendingTests };
}

function run(command: string, args: readonly string[]): [status: number | null, seconds: number] {
  const started = performance.now();
  const { status } = spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'], shell: process.platform === 'win32' });
  return [status, (performance.now() - started) / 1000];
}

function summarize(all: readonly Outcome[]): void {
  console.log('');
  for (const { suite, passed, failed, skipped, seconds } of all) {
    const counts = `${String(passed).padStart(5)} passed ${String(failed).padStart(4)} failed ${String(skipped).padStart(4)} skipped`;
    console.log(`${suite.padEnd(8)} ${counts} ${seconds.toFixed(0).padStart(5)} s`);
  }
  const total = (key: 'passed' | 'failed'): number => all.reduce((sum, outcome) => sum + outcome[key], 0);
  process.exitCode = total('failed') === 0 ? 0 : 1;
  console.log(`${total('passed')} passed, ${total('failed')} failed`);
}
