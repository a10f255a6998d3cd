import type { Chart } from '../chart.ts';
import { check, type Check } from '../report.ts';
import type { Table } from '../table.ts';
import type { SoakPlan } from './run.ts';
import type { Memory, SoakState, Tally } from './state.ts';

const MEGABYTE = 1_000_000;

/** The first tenth begins with an empty cache and cold code, so the second is what others are compared with. */
const COMPARED = 1;

/** What may be left of the cache after an eviction, at least; much less would be a conversation begun anew. */
const LEAST_HELD = 0.25;

/** A tenth of the run. */
export interface TenthResult extends Tally {
  /** From 1. */
  readonly tenth: number;
  readonly perplexity: number;
  readonly msPerToken: number;
  readonly cpuMsPerToken: number;
  /** Resident memory at its end and at most, in the last process that took part in it. */
  readonly rssBytes: number;
  readonly peakRssBytes: number;
  /** Which process that was, from 1. */
  readonly life: number;
}

export function soakResults({ tenths, lives }: SoakState): readonly TenthResult[] {
  return tenths.map((tally, at) => {
    const life = lives.findLastIndex((memories) => memories.some(({ tenth }) => tenth === at));
    const memory = lives[life]?.findLast(({ tenth }) => tenth === at);
    return {
      tenth: at + 1,
      ...tally,
      perplexity: Math.exp(-tally.logProbability / tally.scored),
      msPerToken: tally.ms / tally.tokens,
      cpuMsPerToken: tally.cpuMs / tally.tokens,
      rssBytes: memory?.rssBytes ?? NaN,
      peakRssBytes: memory?.peakRssBytes ?? NaN,
      life: life + 1,
    };
  });
}

export function soakChecks(state: SoakState, plan: Pick<SoakPlan, 'messages'>, tokens: number): readonly Check[] {
  const results = soakResults(state);
  const [second, last] = [results[COMPARED], results.at(-1)];
  const ratio = (field: 'perplexity' | 'msPerToken'): number => (last?.[field] ?? NaN) / (second?.[field] ?? NaN);
  const sum = (field: keyof Tally): number => state.tenths.reduce((total, tenth) => total + tenth[field], 0);
  return [
    check('tokens of the conversation', sum('tokens'), '>=', tokens),
    check('perplexity, last tenth / second: distance from 1', Math.abs(ratio('perplexity') - 1), '<=', 0.05),
    check('ms per token, last tenth / second', ratio('msPerToken'), '<=', 1.05),
    check('growth of resident memory after the first tenth of a process', memoryGrowth(state.lives, plan.messages.length), '<=', 0.03),
    check('tokens decoded beyond those appended', sum('decodedAgain'), '<=', 0),
    check('fewest tokens in the cache after an eviction, part of the window (no reset)', state.fewestHeld, '>=', LEAST_HELD),
    check('tokens generated, part of all', sum('generated') / sum('tokens'), '<=', 0.02),
  ];
}

/**
 * Growth from the end of the first whole tenth to the end of the last one, in the process that has done most; NaN when
 * none has done two.
 */
export function memoryGrowth(lives: readonly (readonly Memory[])[], turnsPerTenth: number): number {
  const whole = lives.map((memories) => memories.filter(({ turns }) => turns === turnsPerTenth));
  const longest = whole.toSorted((a, b) => b.length - a.length)[0] ?? [];
  const [first, last] = [longest[0], longest.at(-1)];
  return first && last && longest.length >= 2 ? last.rssBytes / first.rssBytes - 1 : NaN;
}

export function soakTable(results: readonly TenthResult[]): Table {
  return {
    title: 'By tenths; each says the same in the same order',
    columns: [
      'tenth',
      'turns',
      'tokens',
      'evictions',
      'decoded again',
      'perplexity',
      'ms per token',
      'of it CPU',
      'MB at the end',
      'MB at most',
      'process',
    ],
    rows: results.map((result) => [
      result.tenth,
      result.turns,
      result.tokens,
      result.evictions,
      result.decodedAgain,
      result.perplexity,
      result.msPerToken.toFixed(3),
      result.cpuMsPerToken.toFixed(3),
      result.rssBytes / MEGABYTE,
      result.peakRssBytes / MEGABYTE,
      result.life,
    ]),
  };
}

export function soakCharts(results: readonly TenthResult[]): readonly Chart[] {
  const chart = (title: string, label: string, y: (result: TenthResult) => number): Chart => ({
    title,
    x: { label: 'tenth', scale: 'linear' },
    y: { label, scale: 'linear' },
    series: [{ name: 'streaming', points: results.map((result) => ({ x: result.tenth, y: y(result) })) }],
  });
  return [
    chart('Perplexity', 'perplexity', ({ perplexity }) => perplexity),
    chart('Time of a token', 'ms', ({ msPerToken }) => msPerToken),
    chart('Resident memory at the end', 'MB', ({ rssBytes }) => rssBytes / MEGABYTE),
  ];
}
