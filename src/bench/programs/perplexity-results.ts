import type { Chart } from '../chart.ts';
import { check, type Check } from '../report.ts';
import type { TextCase, TextResult } from '../scoring/text-run.ts';
import type { Table } from '../table.ts';

const MEGABYTE = 1_000_000;

/** A text this many windows long shows whether a system lasts. */
const MANY_WINDOWS = 100;
/** What the last quarter of a long text may cost beyond what re-computation pays for it, compared with the first. */
const LARGEST_DRIFT = 1.05;

/** A system in a few words. */
export function titleOf({ policy, window, sinks, chunk }: TextCase): string {
  switch (policy) {
    case 'dense':
      return `dense ${window}`;
    case 'rebase':
      return `${policy} ${window}`;
    case 'recompute':
      return `${policy} ${sinks}+${window - sinks}`;
    case 'window':
    case 'streaming':
      return `${policy} ${sinks}+${window - sinks}, chunk ${chunk}`;
  }
}

/**
 * Every system must have scored something, and none but dense attention may ever have no room. The two that shift keys must not decode anything twice; window attention, too,
 * is what its name says.
 */
export function checksOf(results: readonly TextResult[]): readonly Check[] {
  const decodedAgain = (['streaming', 'window'] as const).flatMap((policy) => {
    const shifted = results.filter((result) => result.policy === policy);
    const again = shifted.reduce((sum, { decoded, appended }) => sum + Math.abs(decoded - appended), 0);
    return shifted.length === 0 ? [] : [check(`${policy}: tokens decoded beyond those appended`, again, '<=', 0)];
  });
  if (results.length === 0) return [];
  const fewest = Math.min(...results.map(({ scored }) => scored));
  const refused = results.filter(({ policy, refusedAt }) => policy !== 'dense' && refusedAt !== null);
  return [
    check('fewest tokens that a system has scored', fewest, '>=', 1),
    check('systems but dense attention that had no room for more', refused.length, '<=', 0),
    ...decodedAgain,
    ...driftChecks(results),
  ];
}

/** No part of a text is as hard as another; re-computation says how hard each is. */
function driftChecks(results: readonly TextResult[]): readonly Check[] {
  return results.flatMap((result) => {
    const floor = results.find(({ policy, window }) => policy === 'recompute' && window === result.window);
    if (result.policy !== 'streaming' || floor === undefined || result.scored < MANY_WINDOWS * result.window) return [];
    const costs = result.quartersAtSameTokens.map((quarter, at) => quarter / (floor.quartersAtSameTokens[at] ?? NaN));
    const drift = (costs.at(-1) ?? NaN) / (costs[0] ?? NaN);
    return [check(`${titleOf(result)}: last quarter by first, each by re-computation's`, drift, '<=', LARGEST_DRIFT)];
  });
}

export function tableOf(results: readonly TextResult[], title: string): Table {
  return {
    title: `Perplexity: ${title}`,
    columns: [
      'system',
      'scored',
      'perplexity',
      'quarter 1',
      '2',
      '3',
      '4',
      'at same tokens',
      'ms per token',
      'of it CPU',
      'peak MB',
      'refused at',
    ],
    rows: results.map((result) => [
      titleOf(result),
      result.scored,
      result.perplexity,
      ...result.quarters,
      result.atSameTokens,
      result.msPerToken,
      result.cpuMsPerToken,
      result.peakMemoryBytes / MEGABYTE,
      result.refusedAt ?? NaN,
    ]),
  };
}

/** Figure 1 of the paper by quarters of the text, and its tables 2 and 6. */
export function chartsOf(results: readonly TextResult[]): readonly Chart[] {
  const streaming = results.filter(({ policy }) => policy === 'streaming' || policy === 'window');
  const charts: readonly Chart[] = [
    {
      title: 'Perplexity of each quarter of the text',
      x: { label: 'quarter', scale: 'linear' },
      y: { label: 'perplexity', scale: 'log' },
      series: results.map((result) => ({ name: titleOf(result), points: result.quarters.map((y, at) => ({ x: at + 1, y })) })),
    },
    lines('Perplexity by sinks', 'first tokens that stay', streaming, 'sinks', ({ window, chunk }) => `window ${window}, chunk ${chunk}`),
    lines(
      'Perplexity by window',
      'tokens in the cache',
      streaming,
      'window',
      ({ sinks, window, chunk }) => `${sinks} sinks, chunk 1/${Math.round(window / chunk)}`,
    ),
    lines('Perplexity by chunk', 'tokens that leave at once', streaming, 'chunk', ({ sinks, window }) => `${sinks}+${window - sinks}`),
  ];
  return charts.filter(({ series }) => series.some(({ points }) => points.length > 1));
}

/** One line for all results that differ in nothing but `field`. */
function lines(
  title: string,
  label: string,
  results: readonly TextResult[],
  field: 'sinks' | 'window' | 'chunk',
  nameOf: (result: TextResult) => string,
): Chart {
  const series = [...Map.groupBy(results, nameOf)].map(([name, alike]) => ({
    name,
    points: alike.map((result) => ({ x: result[field], y: result.perplexity })).toSorted((a, b) => a.x - b.x),
  }));
  return { title, x: { label, scale: 'linear' }, y: { label: 'perplexity', scale: 'log' }, series };
}
