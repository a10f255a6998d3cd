import type { Sample } from '../../shared/protocol/sample.ts';

/** What is drawn over the day, one under the other. */
export const CHARTS = ['generation', 'firstToken', 'memory', 'perplexity'] as const;
export type ChartName = (typeof CHARTS)[number];

/** One line of a chart; `null` where nothing was measured. */
export type Line = readonly (number | null)[];

/** The lines of a chart: memory has one for the GPU where there is one. */
export function linesOf(chart: ChartName, samples: readonly Sample[]): readonly Line[] {
  switch (chart) {
    case 'generation':
      return [samples.map(({ tokensPerSecond }) => tokensPerSecond)];
    case 'firstToken':
      return [samples.map(({ firstTokenMs }) => firstTokenMs)];
    case 'memory': {
      const gpu = samples.map(({ gpuBytes }) => gpuBytes ?? null);
      return [samples.map(({ processBytes }) => processBytes), ...(isEmpty(gpu) ? [] : [gpu])];
    }
    case 'perplexity':
      return [samples.map(({ perplexity }) => perplexity ?? null)];
  }
}

/** Where the axis of a chart begins. It is never cut off: a flat line must look flat. */
export function floorOf(chart: ChartName): number {
  return chart === 'perplexity' ? 1 : 0;
}

export interface Summary {
  readonly lowest: number;
  readonly median: number;
  readonly highest: number;
}

/** A line in three numbers; nothing where nothing was measured. */
export function summaryOf(line: Line): Summary | undefined {
  const values = line.filter((value) => value !== null).sort((a, b) => a - b);
  const [lowest, highest] = [values[0], values.at(-1)];
  const [below, above] = [values[Math.floor((values.length - 1) / 2)], values[Math.ceil((values.length - 1) / 2)]];
  if (lowest === undefined || highest === undefined || below === undefined || above === undefined) return undefined;
  return { lowest, median: (below + above) / 2, highest };
}

export function isEmpty(line: Line): boolean {
  return line.every((value) => value === null);
}
