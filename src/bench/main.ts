import { describeError } from '../shared/error-sentences.ts';
import { EndlessError } from '../shared/errors.ts';
import { plainEnglish } from '../shared/plain-english.ts';
import { describeMachine } from './machine.ts';
import { describeOptions, UsageError } from './options.ts';
import type { BenchProgram } from './program.ts';
import { PROGRAMS, type BenchEntry } from './registry.ts';
import { formatChecks, type Report } from './report.ts';
import { formatTable } from './table.ts';

const USAGE = 'npm run -s bench -- NAME [options] [--json]';

/** A check does not hold. */
const FAILED_CHECK_EXIT = 1;
/** Nothing was measured. */
const NOT_MEASURED_EXIT = 2;

/**
 * `npm run -s bench -- NAME [options] [--json]`: runs a measuring program and prints its tables and checks; with
 * `--json` the whole report follows as the last line. Everything else goes to the standard error.
 */
async function main(args: readonly string[]): Promise<void> {
  const flags = new Set(['--json', '--help'].filter((flag) => args.includes(flag)));
  const [name, ...rest] = args.filter((arg) => !flags.has(arg));
  if (name === undefined && flags.has('--help')) {
    console.log(describePrograms());
    return;
  }
  const entry = entryNamed(name);
  const program = await entry.load();
  if (flags.has('--help')) console.log(`${USAGE.replace('NAME', entry.name)}\n\n${entry.summary}\n\n${describeOptions(program.options)}`);
  else await measure(entry.name, program, rest, flags.has('--json'));
}

function entryNamed(name: string | undefined): BenchEntry {
  const entry = PROGRAMS.find((candidate) => candidate.name === name);
  if (entry) return entry;
  const complaint = name === undefined ? 'Which program?' : `There is no program "${name}".`;
  throw new UsageError(`${complaint}\n\n${describePrograms()}`);
}

async function measure(bench: string, program: BenchProgram, args: readonly string[], json: boolean): Promise<void> {
  const machine = describeMachine();
  const { model, parameters, results, checks, tables } = await program.run(args, (text) => console.error(text));
  const report: Report = { bench, model, machine, parameters, results, checks };
  for (const table of tables) console.log(`${formatTable(table)}\n`);
  console.log(formatChecks(checks));
  if (json) console.log(JSON.stringify(report));
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
