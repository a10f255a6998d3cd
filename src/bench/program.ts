import type { Chart } from './chart.ts';
import { parseOptions, type Options, type OptionValues } from './options.ts';
import type { Check, MeasuredModel, Report } from './report.ts';
import type { Table } from './table.ts';

/** What a program has measured. */
export interface Measurement {
  readonly model: MeasuredModel | null;
  readonly results: Report['results'];
  readonly checks: readonly Check[];
  /** The results for people. */
  readonly tables: readonly Table[];
  /** What `--report` draws beside them. */
  readonly charts?: readonly Chart[];
}

/** Says what goes on during a long measurement; never part of the result. */
export type Progress = (text: string) => void;

/** A measuring program as the command line sees it. */
export interface BenchProgram {
  readonly options: Options;
  /** @throws UsageError when the arguments cannot be understood. */
  run(args: readonly string[], progress: Progress): Promise<Measurement & Pick<Report, 'parameters'>>;
}

export interface BenchDefinition<O extends Options> {
  readonly options: O;
  readonly measure: (parameters: OptionValues<O>, progress: Progress) => Promise<Measurement>;
}

/** Makes a program out of its options and its measurement, so that the measurement gets its parameters typed. */
export function defineBench<const O extends Options>({ options, measure }: BenchDefinition<O>): BenchProgram {
  return {
    options,
    async run(args, progress) {
      const parameters = parseOptions(options, args);
      return { ...(await measure(parameters, progress)), parameters };
    },
  };
}
