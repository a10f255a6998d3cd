import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeError } from '../shared/error-sentences.ts';
import { EndlessError } from '../shared/errors.ts';
import { plainEnglish } from '../shared/plain-english.ts';
import { describeMachine } from './machine.ts';
import { describeOptions, takeOption, UsageError } from './options.ts';
import { reportPage } from './page/page.ts';
import type { BenchProgram } from './program.ts';
import { PROGRAMS, type BenchEntry } from './registry.ts';
import { formatChecks, type Report } from './report.ts';
import { formatTable } from './table.ts';

const USAGE = 'npm run -s bench -- NAME [options] [--json] [--report DIR]';

/** A check does not hold. */
const FAILED_CHECK_EXIT = 1;
/** Nothing was measured. */
const NOT_MEASURED_EXIT = 2;

/** Where a report goes besides the terminal. */
interface Destination {
  /** The whole of it as the last line of the standard output. */
  readonly json: boolean;
  /** Folder for a page with charts. */
  readonly directory: string | undefined;
}

/**
 * `npm run -s bench -- NAME [options] [--json] [--report DIR]`: runs a measuring program and prints its tables and
 * checks; with `--json` the whole report follows as the last line, with `--report` a page with charts is written to
 * DIR/NAME.html. Everything else goes to the standard error.
 */
async function main(all: readonly string[]): Promise<void> {
  const { value: directory, rest: args } = takeOption('report', all);
  const flags = new Set(['--json', '--help'].filter((flag) => args.includes(flag)));
  const [name, ...rest] = args.filter((arg) => !flags.has(arg));
  if (name === undefined && flags.has('--help')) {
    console.log(describePrograms());
    return;
  }
  const entry = entryNamed(name);
  const program = await entry.load();
  if (flags.has('--help')) console.log(`${USAGE.replace('NAME', entry.name)}\n\n${entry.summary}\n\n${describeOptions(program.options)}`);
  else await measure(entry.name, program, rest, { json: flags.has('--json'), directory });
}

function entryNamed(name: string | undefined): BenchEntry {
  const entry = PROGRAMS.find((candidate) => candidate.name === name);
  if (entry) return entry;
  const complaint = name === undefined ? 'Which program?' : `There is no program "${name}".`;
  throw new UsageError(`${complaint}\n\n${describePrograms()}`);
}

async function measure(bench: string, program: BenchProgram, args: readonly string[], to: Destination): Promise<void> {
  // Not after an hour of measuring: a folder that cannot be written to is found out now.
  if (to.directory !== undefined) await mkdir(to.directory, { recursive: true });
  const machine = describeMachine();
  const { model, parameters, results, checks, tables, charts = [] } = await program.run(args, (text) => console.error(text));
  const report: Report = { bench, model, machine, parameters, results, checks };
  for (const table of tables) console.log(`${formatTable(table)}\n`);
  console.log(formatChecks(checks));
  if (to.directory !== undefined) {
    const page = join(to.directory, `${bench}.html`);
    await writeFile(page, reportPage({ report, tables, charts, date: new Date() }));
    console.error(`The report is in ${page}.`);
  }
  if (to.json) console.log(JSON.stringify(report));
  if (!checks.every(({ holds }) => holds)) process.exitCode = FAILED_CHECK_EXIT;
}

function describePrograms(): string {
  const width = Math.max(...PROGRAMS.map(({ name }) => name.length));
  const lines = PROGRAMS.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  return `${USAGE}\n\n${lines.join('\n')}\n\nNAME --help lists the options of a program.`;
}

function explain(error: unknown): string {
  if (error instanceof UsageError) return error.message;
  if (error instanceof EndlessError && error.code !== 'internal') return describeError(plainEnglish, error.toReport()).sentence;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

await main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(explain(error));
  process.exitCode = NOT_MEASURED_EXIT;
});
