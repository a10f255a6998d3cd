import type { Chart } from '../chart.ts';
import { describeModel, loadForBench, MODEL_OPTIONS } from '../loaded-model.ts';
import { namesIn } from '../name-list.ts';
import { numbersIn } from '../options.ts';
import { defineBench, type Measurement } from '../program.ts';
import { check, type Check } from '../report.ts';
import { chunkIn } from '../scoring/chunk.ts';
import { measuredIn, outcomeOf, refusalTables, type Outcome } from '../scoring/outcome.ts';
import { runRegisters, type RegisterCase, type RegisterResult } from '../scoring/register-run.ts';
import type { Table } from '../table.ts';

const { window: _window, ...MODEL } = MODEL_OPTIONS;

/** Of lines that have left the cache, how many may be answered by chance; one number in 50,000 would be. */
const RIGHT_BY_CHANCE = 0.01;

/** StreamEval: what the model can still look up in a stream, by the distance of the line and the size of the cache. */
export const streameval = defineBench({
  options: {
    ...MODEL,
    policies: { default: 'streaming,window', help: 'some of streaming, window, rebase' },
    windows: { default: '256,512,1000', help: 'tokens the cache may hold' },
    distances: { default: '5,10,20,40', help: 'how many lines back the queries reach' },
    samples: { default: 100, minimum: 1, help: 'queries for each distance and window' },
    sinks: { default: 4, help: 'first tokens that stay, with streaming' },
    chunk: { default: '1/8', help: 'fewest tokens that leave at once, or their part of the window' },
  },
  async measure(parameters, progress): Promise<Measurement> {
    const windows = numbersIn('windows', parameters.windows, 128);
    const distances = numbersIn('distances', parameters.distances, 1);
    const policies = namesIn('policies', parameters.policies, ['streaming', 'window', 'rebase']);
    const loaded = await loadForBench({ ...parameters, window: Math.max(...windows) });
    try {
      const cases = policies.flatMap((policy) =>
        windows.flatMap((window) =>
          distances.map((distance): RegisterCase => {
            const sinks = policy === 'window' ? 0 : parameters.sinks;
            return { policy, window, sinks, chunk: chunkIn(parameters.chunk, window), distance };
          }),
        ),
      );
      const outcomes: Outcome<RegisterCase, RegisterResult>[] = [];
      for (const about of cases) {
        outcomes.push(await outcomeOf(loaded, about, () => runRegisters(loaded, about, parameters.samples)));
        progress(`${outcomes.length} of ${cases.length}: ${titleOf(about)}, ${about.distance} lines back`);
      }
      const results = measuredIn(outcomes);
      return {
        model: describeModel(loaded.facts, loaded.fingerprint),
        results: outcomes,
        checks: checksOf(results),
        tables: [accuracies(results, distances), details(results), ...refusalTables<RegisterCase, RegisterResult>(outcomes, titleOf)],
        charts: [chartOf(results)],
      };
    } finally {
      await loaded.dispose();
    }
  },
});

function titleOf({ policy, window, sinks }: RegisterCase): string {
  return `${policy} ${sinks}+${window - sinks}`;
}

/** Where no line has left the cache, nothing is known of such lines, and the check fails. */
function checksOf(results: readonly RegisterResult[]): readonly Check[] {
  const sum = (of: (result: RegisterResult) => number): number => results.reduce((total, result) => total + of(result), 0);
  if (results.length === 0) return [];
  const rightThoughGone = sum(({ rightGone }) => rightGone) / sum(({ gone }) => gone);
  const again = sum(({ policy, decoded, appended }) => (policy === 'rebase' ? 0 : Math.abs(decoded - appended)));
  return [
    check('lines answered though they have left the cache, part', rightThoughGone, '<=', RIGHT_BY_CHANCE),
    check('streaming and window: tokens decoded beyond those appended', again, '<=', 0),
  ];
}

function accuracies(results: readonly RegisterResult[], distances: readonly number[]): Table {
  return {
    title: 'Exact answers in percent, by how many lines back the query reaches',
    columns: ['system', ...distances.map(String)],
    rows: [...new Set(results.map(titleOf))].map((title) => [
      title,
      ...distances.map((distance) => {
        const found = results.find((result) => titleOf(result) === title && result.distance === distance);
        return found ? found.accuracy * 100 : NaN;
      }),
    ]),
  };
}

function details(results: readonly RegisterResult[]): Table {
  return {
    title: 'Where the line was when the query had been read, and how many of these were answered exactly',
    columns: ['system', 'lines back', 'tokens back', 'queries', 'in the cache', 'right', 'gone', 'right'],
    rows: results.map((result) => [
      titleOf(result),
      result.distance,
      Math.round(result.distanceTokens),
      result.samples,
      result.inCache,
      result.rightInCache,
      result.gone,
      result.rightGone,
    ]),
  };
}

function chartOf(results: readonly RegisterResult[]): Chart {
  return {
    title: 'Exact answers',
    x: { label: 'tokens back', scale: 'linear' },
    y: { label: 'percent', scale: 'linear' },
    series: [...Map.groupBy(results, titleOf)].map(([name, alike]) => ({
      name,
      points: alike.map(({ distanceTokens, accuracy }) => ({ x: distanceTokens, y: accuracy * 100 })),
    })),
  };
}
