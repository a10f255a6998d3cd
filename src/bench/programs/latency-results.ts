import type { Step } from '../arms/decode-arm.ts';
import type { RollingStep } from '../arms/rolling-decode.ts';
import type { Chart, Series } from '../chart.ts';
import { check, figure, type Check } from '../report.ts';
import { mean, median, quantile, worst } from '../statistics.ts';
import type { Elapsed } from '../stopwatch.ts';
import type { Table } from '../table.ts';

/** How many times as long re-computation must take per token at the largest window, as in the paper's 22.2. */
const LEAST_RATIO = 22;

/** How many times as long streaming may take at the largest window as at the smallest: the paper's 65 ms by 31 ms. */
const MOST_GROWTH = 2.1;

/** One round: a whole cycle of the rolling cache with its evictions, and tokens by re-computation beside it. */
export interface Round {
  readonly streaming: readonly RollingStep[];
  readonly recompute: readonly Step[];
}

/** The middle of what the rounds gave, and the least and the most. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

export interface WindowResult {
  readonly window: number;
  readonly chunk: number;
  readonly rounds: number;
  /** Per token, evictions included. */
  readonly streamingMs: Spread;
  readonly recomputeMs: Spread;
  /** Recompute by streaming, round by round. */
  readonly ratio: Spread;
  /** The same in time of processors, which other programs hardly change; says nothing about a GPU. */
  readonly streamingCpuMs: Spread;
  readonly recomputeCpuMs: Spread;
  readonly cpuRatio: Spread;
  /** A step of streaming that evicts and rotates the keys, and one that does not. */
  readonly shiftStepMs: number;
  readonly plainStepMs: number;
  readonly worstStepMs: number;
  readonly streamingTokens: number;
  readonly recomputeTokens: number;
  /** Tokens that native code decoded for one token. */
  readonly streamingDecoded: number;
  readonly recomputeDecoded: number;
  /** Tokens in a batch of the re-computation, and whether with flash attention: the fastest that was tried. */
  readonly recomputeBatch: number;
  readonly recomputeFlash: boolean;
}

export function resultOf(
  rounds: readonly Round[],
  about: Pick<WindowResult, 'window' | 'chunk' | 'recomputeBatch' | 'recomputeFlash'>,
): WindowResult {
  const perToken = (arm: keyof Round, measure: keyof Elapsed): readonly number[] =>
    rounds.map((round) => mean(round[arm].map((step) => step[measure])));
  const ratios = (measure: keyof Elapsed): readonly number[] => {
    const streaming = perToken('streaming', measure);
    return perToken('recompute', measure).map((time, at) => time / (streaming[at] ?? NaN));
  };
  const [ours, theirs] = [rounds.flatMap((round) => round.streaming), rounds.flatMap((round) => round.recompute)];
  const times = (evicted: boolean): readonly number[] => ours.filter((step) => step.evicted === evicted).map(({ ms }) => ms);
  return {
    ...about,
    rounds: rounds.length,
    streamingMs: spreadOf(perToken('streaming', 'ms')),
    recomputeMs: spreadOf(perToken('recompute', 'ms')),
    ratio: spreadOf(ratios('ms')),
    streamingCpuMs: spreadOf(perToken('streaming', 'cpuMs')),
    recomputeCpuMs: spreadOf(perToken('recompute', 'cpuMs')),
    cpuRatio: spreadOf(ratios('cpuMs')),
    shiftStepMs: median(times(true)),
    plainStepMs: median(times(false)),
    worstStepMs: worst(ours.map(({ ms }) => ms)),
    streamingTokens: ours.length,
    recomputeTokens: theirs.length,
    streamingDecoded: mean(ours.map(({ decoded }) => decoded)),
    recomputeDecoded: mean(theirs.map(({ decoded }) => decoded)),
  };
}

function spreadOf(values: readonly number[]): Spread {
  return { median: median(values), least: quantile(values, 0), most: worst(values) };
}

/**
 * What needs several windows to be known fails with one.
 *
 * @param results windows ascending, at least one.
 */
export function checksOf(results: readonly WindowResult[]): readonly Check[] {
  const [first, last] = [results[0], results.at(-1)];
  if (!first || !last) throw new RangeError('no window was measured');
  const notGrowing = results.filter((result, at) => at > 0 && result.ratio.median <= (results[at - 1]?.ratio.median ?? NaN));
  const ifCompared = (value: number): number => (first === last ? NaN : value);
  const growth = last.streamingMs.median / first.streamingMs.median;
  return [
    check(`recompute / streaming per token at window ${last.window}`, last.ratio.median, '>=', LEAST_RATIO),
    check('windows at which this ratio is not larger than at the one before', ifCompared(notGrowing.length), '<=', 0),
    check(`streaming per token, window ${last.window} / window ${first.window}`, ifCompared(growth), '<=', MOST_GROWTH),
  ];
}

export function tablesOf(results: readonly WindowResult[]): readonly Table[] {
  const range = ({ least, most }: Spread): string => `${figure(least)} to ${figure(most)}`;
  return [
    {
      title: 'ms per decoded token with a full window: median of the rounds, and from the least to the most',
      columns: ['window', 'rounds', 'streaming', 'recompute', 'ratio', 'streaming range', 'recompute range', 'ratio range'],
      rows: results.map(({ window, rounds, streamingMs, recomputeMs, ratio }) => [
        window,
        rounds,
        ...[streamingMs, recomputeMs, ratio].map((spread) => spread.median),
        ...[streamingMs, recomputeMs, ratio].map(range),
      ]),
    },
    {
      title: 'The same in ms of processor time, which other programs hardly change',
      columns: ['window', 'streaming', 'recompute', 'ratio', 'streaming range', 'recompute range', 'ratio range'],
      rows: results.map(({ window, streamingCpuMs, recomputeCpuMs, cpuRatio }) => [
        window,
        ...[streamingCpuMs, recomputeCpuMs, cpuRatio].map((spread) => spread.median),
        ...[streamingCpuMs, recomputeCpuMs, cpuRatio].map(range),
      ]),
    },
    {
      title: 'Steps of streaming in ms, and tokens decoded for one token (S: streaming, R: recompute)',
      columns: [
        'window',
        'chunk',
        'plain step',
        'step with shift',
        'worst step',
        'S tokens',
        'S decoded',
        'R tokens',
        'R decoded',
        'R batch',
        'R flash attention',
      ],
      rows: results.map((result) => [
        result.window,
        result.chunk,
        result.plainStepMs,
        result.shiftStepMs,
        result.worstStepMs,
        result.streamingTokens,
        result.streamingDecoded,
        result.recomputeTokens,
        result.recomputeDecoded,
        result.recomputeBatch,
        result.recomputeFlash ? 'on' : 'off',
      ]),
    },
  ];
}

export function chartsOf(results: readonly WindowResult[]): readonly Chart[] {
  const series = (name: string, of: (result: WindowResult) => Spread): Series => ({
    name,
    points: results.map((result) => {
      const { median: y, least, most } = of(result);
      return { x: result.window, y, spread: [least, most] };
    }),
  });
  const window = { label: 'window, tokens', scale: 'log' } as const;
  return [
    {
      title: 'Time per decoded token',
      x: window,
      y: { label: 'ms per token', scale: 'log' },
      series: [series('streaming', (result) => result.streamingMs), series('recompute', (result) => result.recomputeMs)],
    },
    {
      title: 'How many times as long re-computation takes',
      x: window,
      y: { label: 'recompute / streaming', scale: 'log' },
      series: [series('recompute / streaming', (result) => result.ratio)],
    },
  ];
}
