/** `npm test`: all checks, a summary, and as the last line `N passed, N failed` over all suites. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ensureBrowser } from './browser.ts';
import { ensureCodeServer } from './code-server.ts';
import { ensurePython } from './python.ts';
import { ensureSoftwareVulkan } from './software-vulkan.ts';
import { ensureStrace } from './strace.ts';

interface Outcome {
  readonly suite: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly seconds: number;
  /** What failed, each with the first line of its reason. */
  readonly failures: readonly string[];
}

/** The part of Vitest's JSON report that is read (https://vitest.dev/guide/reporters#json-reporter). */
interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages?: readonly string[];
    }[];
  }[];
}

const RESULTS = 'test-results';
/** Cheap checks first. Each of these counts as one test. */
const COMMANDS = ['lint', 'types', 'test:training'];
/** A suite is a project of Vitest. */
interface Suite {
  readonly name: string;
  /** What it is kept apart from (`isolated.ts`). */
  readonly isolation?: 'mounts' | 'offline';
}

const SUITES: readonly Suite[] = [
  { name: 'unit' },
  { name: 'engine' },
  { name: 'faults', isolation: 'mounts' },
  { name: 'webview' },
  // All of it with no network but the loopback: that nothing else is needed is one of the things it tests.
  { name: 'e2e', isolation: 'offline' },
];

installTools();
mkdirSync(RESULTS, { recursive: true });
const outcomes = [...COMMANDS.map(runCommand), ...SUITES.map(runSuite)];
summarize(outcomes);

/** Comes first, so that a machine that cannot run the tests says so at once, and what to do. */
function installTools(): void {
  try {
    ensureBrowser();
    ensureCodeServer();
    ensurePython();
    ensureStrace();
    ensureSoftwareVulkan();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    console.log('0 passed, 1 failed');
    process.exit(1);
  }
}

function runCommand(suite: string): Outcome {
  console.log(`\n── ${suite}`);
  const [status, seconds] = run('npm', ['run', '--silent', suite]);
  return {
    suite,
    passed: status === 0 ? 1 : 0,
    failed: status === 0 ? 0 : 1,
    skipped: 0,
    seconds,
    failures: status === 0 ? [] : ['see above'],
  };
}

function runSuite({ name: suite, isolation }: Suite): Outcome {
  console.log(`\n── ${suite}`);
  const report = join(RESULTS, `${suite}.json`);
  rmSync(report, { force: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const vitest = ['vitest', 'run', '--project', suite, ...reporters];
  const [status, seconds] = isolation ? run('node', ['scripts/isolated.ts', isolation, ...vitest]) : run('vitest', vitest.slice(1));
  const counts = existsSync(report) ? readReport(report) : { passed: 0, failed: 0, skipped: 0, failures: [] };
  // A suite that could not be loaded or set up has no failed test to count.
  return { suite, seconds, ...counts, failed: status === 0 ? counts.failed : Math.max(counts.failed, 1) };
}

function readReport(path: string): Omit<Outcome, 'suite' | 'seconds'> {
  const report = JSON.parse(readFileSync(path, 'utf8')) as Report;
  const failures = report.testResults.filter(({ status }) => status === 'failed').flatMap(failuresIn);
  return { passed: report.numPassedTests, failed: report.numFailedTests, skipped: report.numPendingTests, failures };
}

/** Of a file in which no test failed, what kept it from being run. */
function failuresIn({ name, message, assertionResults }: Report['testResults'][number]): readonly string[] {
  const file = relative(process.cwd(), name);
  const failed = assertionResults.filter(({ status }) => status === 'failed');
  if (failed.length === 0) return [`${file}: ${firstLine(message)}`];
  return failed.map(({ fullName, failureMessages }) => `${file}: ${fullName}: ${firstLine(failureMessages?.[0])}`);
}

function firstLine(text = ''): string {
  return text.split('\n', 1)[0] ?? '';
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
    console.log(`${suite.padEnd(13)} ${counts} ${seconds.toFixed(0).padStart(5)} s`);
  }
  for (const { suite, failures } of all) for (const failure of failures) console.log(`FAILED  ${suite}: ${failure}`);
  const total = (key: 'passed' | 'failed'): number => all.reduce((sum, outcome) => sum + outcome[key], 0);
  process.exitCode = total('failed') === 0 ? 0 : 1;
  console.log(`${total('passed')} passed, ${total('failed')} failed`);
}
