import { basename } from 'node:path';
import { LARGEST_SHIFT_DIVERGENCE } from '../../engine/cache/shift-drift.ts';
import type { Chart } from '../chart.ts';
import { Isolation, ABORTED, type Findings, type Task } from '../oracle/isolation.ts';
import type { CaseResult } from '../oracle/model-cases.ts';
import { UsageError } from '../options.ts';
import { defineBench } from '../program.ts';
import { check, type Check } from '../report.ts';
import { quantile } from '../statistics.ts';
import type { Table } from '../table.ts';
import { writeZooModel, ZOO } from '../zoo/zoo.ts';

/** Stands for all models of the zoo with one layer. */
const THE_ZOO = 'zoo';

/** Divergence, in nats, that rounding the keys to 16 bits explains. */
const EXACT = 1e-5;

/** Whether the rolling cache is exact, where it claims to be, and refused everywhere else. */
export const oracle = defineBench({
  options: {
    model: { default: THE_ZOO, help: `GGUF file, or "${THE_ZOO}" for random models of every architecture` },
    operations: { default: 60, minimum: 1, help: 'operations of each conversation' },
    seed: { default: 1, help: 'chooses the operations' },
    window: { default: 512, minimum: 64, help: 'tokens the cache of a chat would hold; some models can shift only in a small one' },
    threads: { default: 1, minimum: 1, help: 'CPU threads' },
    gpu: { default: 'off', help: '"off", or "auto" for the best GPU there is' },
  },
  async measure({ model, gpu, ...extent }, progress) {
    if (gpu !== 'auto' && gpu !== 'off') throw new UsageError(`--gpu is "auto" or "off", not "${gpu}".`);
    await using isolation = new Isolation();
    const findings: Findings[] = [];
    for (const subject of await subjects(model)) {
      progress(subject.name);
      findings.push(await isolation.findingsAbout({ ...subject, ...extent, gpu }));
    }
    const results = findings.flatMap((found) => found.results);
    const measured = model === THE_ZOO ? null : (findings[0]?.model ?? null);
    return { model: measured, results, checks: checksOf(results, model === THE_ZOO), tables: tablesOf(results), charts: chartsOf(results) };
  },
});

type Subject = Pick<Task, 'name' | 'path' | 'layers' | 'trial'>;

async function subjects(model: string): Promise<readonly Subject[]> {
  if (model !== THE_ZOO) return [{ name: basename(model), path: model, trial: true }];
  const animals = ZOO.filter(({ layers }) => layers === 1).map(async (animal): Promise<Subject> => {
    const name = `${animal.name}${animal.bos ? ' with BOS' : ''}`;
    return { name, path: await writeZooModel(animal), layers: 1, trial: false };
  });
  return Promise.all(animals);
}

/** @param mustRoll whether some of the models must be able to. */
function checksOf(results: readonly CaseResult[], mustRoll: boolean): readonly Check[] {
  const supported = results.filter((result) => result.supported);
  const rolled = supported.filter(({ comparisons }) => comparisons !== undefined);
  const drifted = supported.filter(({ comparisons, reason }) => comparisons === undefined && reason === null);
  const aborts = results.filter(({ reason }) => reason === ABORTED);
  const unexplained = results.filter((result) => !result.supported && result.reason === null);
  return [
    ...(rolled.length > 0 || mustRoll ? exactness(rolled) : []),
    ...(drifted.length > 0
      ? [check('largest divergence after shifting, of all keys or there and back', worstKl(drifted), '<=', LARGEST_SHIFT_DIVERGENCE)]
      : []),
    check('models that took the process down', aborts.length, '<=', 0),
    check('models refused without a reason', unexplained.length, '<=', 0),
  ];
}

function exactness(rolled: readonly CaseResult[]): readonly Check[] {
  const sum = (of: (result: CaseResult) => number | undefined): number => rolled.reduce((total, result) => total + (of(result) ?? NaN), 0);
  return [
    check('largest divergence of a rolling cache from a fresh prefill', worstKl(rolled), '<=', EXACT),
    check(
      'fewest evictions of a conversation',
      quantile(
        rolled.map(({ evictions }) => evictions ?? 0),
        0,
      ),
      '>=',
      1,
    ),
    check(
      'places of a cache with another token than they must hold',
      sum(({ misplaced }) => misplaced),
      '<=',
      0,
    ),
    check(
      'tokens decoded beyond those appended',
      sum(({ decodedAgain }) => decodedAgain),
      '<=',
      0,
    ),
  ];
}

function worstKl(results: readonly CaseResult[]): number {
  // Not `worst`: a single value that is no number must fail the check, wherever it stands.
  return results.length === 0 ? NaN : Math.max(...results.map(({ kl }) => kl ?? NaN));
}

function tablesOf(results: readonly CaseResult[]): readonly Table[] {
  return [
    {
      title: 'Divergence in nats: a rolling cache from a fresh prefill of what it holds; keys shifted there and back k times from before',
      columns: ['case', 'can shift', 'reason', 'divergence', 'comparisons', 'evictions'],
      rows: results.map((result) => [
        result.case,
        result.supported ? 'yes' : 'no',
        result.reason ?? '',
        result.kl?.toExponential(1) ?? '',
        result.comparisons ?? NaN,
        result.evictions ?? NaN,
      ]),
    },
  ];
}

/** How the divergence grows with the number of shifts there and back. */
function chartsOf(results: readonly CaseResult[]): readonly Chart[] {
  const drifts = results.flatMap(({ case: name, kl }) => {
    const rounds = /, drift (\d+)$/.exec(name)?.[1];
    return rounds === undefined || kl === null ? [] : [{ rounds: Number(rounds), kl }];
  });
  const largest = [...Map.groupBy(drifts, ({ rounds }) => rounds)].map(([x, alike]) => ({ x, y: Math.max(...alike.map(({ kl }) => kl)) }));
  if (largest.length === 0) return [];
  return [
    {
      title: 'Divergence after shifts there and back, the largest of all models',
      x: { label: 'shifts', scale: 'log' },
      y: { label: 'nats', scale: 'linear' },
      series: [{ name: 'drift', points: largest }],
    },
  ];
}
