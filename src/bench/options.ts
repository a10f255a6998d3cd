import { parseArgs } from 'node:util';

/** An option of a measuring program; its default says whether it takes a number or text. */
export interface Option<T extends number | string = number | string> {
  readonly default: T;
  /** Smallest number allowed; 0 if not given. */
  readonly minimum?: number;
  /** Whether a number need not be whole. */
  readonly fraction?: true;
  readonly help: string;
}

export type Options = Readonly<Record<string, Option>>;

export type OptionValues<O extends Options> = {
  readonly [N in keyof O]: O[N]['default'] extends number ? number : string;
};

/** The command line cannot be understood; the message says why. */
export class UsageError extends Error {}

/**
 * Reads the options of a program from its command line.
 *
 * @throws UsageError for an unknown option, a missing value, or a number that is none, too small, or a fraction.
 */
export function parseOptions<O extends Options>(options: O, args: readonly string[]): OptionValues<O> {
  const given = stringsIn(options, args);
  const entries = Object.entries(options).map(([name, option]) => [name, valueOf(name, option, given[name])]);
  return Object.fromEntries(entries) as OptionValues<O>;
}

/**
 * Takes an option out of a command line before a program reads the rest.
 *
 * @throws UsageError when its value is missing.
 */
export function takeOption(
  name: string,
  args: readonly string[],
): { readonly value: string | undefined; readonly rest: readonly string[] } {
  const at = args.findIndex((arg) => arg === `--${name}` || arg.startsWith(`--${name}=`));
  const [given, next] = args.slice(at);
  if (at < 0 || given === undefined) return { value: undefined, rest: args };
  const joined = given.includes('=');
  const value = joined ? given.slice(given.indexOf('=') + 1) : next;
  if (!value || value.startsWith('--')) throw new UsageError(`--${name} takes a value.`);
  return { value, rest: args.toSpliced(at, joined ? 1 : 2) };
}

/**
 * Reads a list of whole numbers such as "256,512".
 *
 * @throws UsageError for an empty list, or a number that is none or too small.
 */
export function numbersIn(name: string, list: string, minimum: number): readonly number[] {
  return list.split(',').map((text) => {
    const value = text.trim() === '' ? NaN : Number(text);
    if (!Number.isInteger(value) || value < minimum) {
      throw new UsageError(`--${name} takes whole numbers of at least ${minimum} with commas between, not "${list}".`);
    }
    return value;
  });
}

/** One line per option, for `--help`. */
export function describeOptions(options: Options): string {
  const lines = Object.entries(options).map(([name, option]) => {
    const placeholder = typeof option.default === 'number' ? 'N' : 'TEXT';
    const preset = option.default === '' ? '' : ` (default: ${option.default})`;
    return [`--${name} ${placeholder}`, `${option.help}${preset}`] as const;
  });
  const width = Math.max(...lines.map(([left]) => left.length));
  return lines.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join('\n');
}

function stringsIn(options: Options, args: readonly string[]): Readonly<Record<string, string | undefined>> {
  const declared = Object.fromEntries(Object.keys(options).map((name) => [name, { type: 'string' }] as const));
  try {
    return parseArgs({ args: [...args], options: declared }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function valueOf(name: string, option: Option, given: string | undefined): number | string {
  if (given === undefined) return option.default;
  if (typeof option.default === 'string') return given;
  const value = given.trim() === '' ? NaN : Number(given);
  const minimum = option.minimum ?? 0;
  if (!(value >= minimum && value < Infinity)) throw new UsageError(`--${name} takes a number of at least ${minimum}, not "${given}".`);
  if (!option.fraction && !Number.isInteger(value)) throw new UsageError(`--${name} takes a whole number, not "${given}".`);
  return value;
}
