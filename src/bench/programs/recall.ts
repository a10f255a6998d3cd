import { describeModel, loadForBench, MODEL_OPTIONS } from '../loaded-model.ts';
import { numbersIn } from '../options.ts';
import { defineBench, type Measurement } from '../program.ts';
import { runRecall, type RecallResult } from '../recall/register-recall.ts';
import { askAboutWorkday, summaryOf, workdayChecks, type WorkdayResult, type WorkdaySummary } from '../recall/workday-run.ts';
import { check, type Check } from '../report.ts';
import type { Table } from '../table.ts';

/** Tokens that passages about the working day may take: a tenth of the default window. */
const WORKDAY_BUDGET = 819;

/** Which lines are found again when they have left the cache long ago, and what is recalled for messages about a working day. */
export const recall = defineBench({
  options: {
    ...MODEL_OPTIONS,
    window: { ...MODEL_OPTIONS.window, default: 1000 },
    distances: { default: '2,5,10,20,50', help: 'how many windows back the queries reach' },
    samples: { default: 40, minimum: 1, help: 'queries for each distance' },
    share: { default: 10, minimum: 1, help: 'part of the window that recall may take, in per cent' },
  },
  async measure({ distances, samples, share, ...parameters }, progress): Promise<Measurement> {
    const loaded = await loadForBench(parameters);
    try {
      const { window } = loaded.facts;
      const results: RecallResult[] = [];
      for (const windowsBack of numbersIn('distances', distances, 1)) {
        for (const part of [0, share / 100]) {
          results.push(await runRecall(loaded, { window, windowsBack, share: part }, samples));
          progress(`${windowsBack} windows back, ${part * 100} % of the window`);
        }
      }
      const workday = await askAboutWorkday(loaded, WORKDAY_BUDGET);
      const summary = summaryOf(workday);
      return {
        model: describeModel(loaded.facts, loaded.fingerprint),
        results: [...results, ...workday],
        checks: [...checksOf(results), ...workdayChecks(summary)],
        tables: [tableOf(results), summaryTable(summary), mistakes(workday)],
      };
    } finally {
      await loaded.dispose();
    }
  },
});

function checksOf(results: readonly RecallResult[]): readonly Check[] {
  const recalling = results.filter(({ share }) => share > 0);
  const sum = (of: (result: RecallResult) => number): number => recalling.reduce((total, result) => total + of(result), 0);
  const overBudget = Math.max(...recalling.map(({ mostAddedTokens, budget }) => mostAddedTokens - budget));
  return [
    check('lines recalled, part', sum(({ found }) => found) / sum(({ samples }) => samples), '>=', 0.98),
    check('tokens added beyond the budget, at most', overBudget, '<=', 0),
  ];
}

function tableOf(results: readonly RecallResult[]): Table {
  return {
    title: 'StreamEval: lines that have left the cache',
    columns: ['windows back', 'share %', 'queries', 'found', 'right', 'budget', 'tokens added', 'at most', 'search ms'],
    rows: results.map((result) => [
      result.windowsBack,
      result.share * 100,
      result.samples,
      result.found,
      result.right,
      result.budget,
      result.addedTokens,
      result.mostAddedTokens,
      result.searchMs,
    ]),
  };
}

function summaryTable(summary: WorkdaySummary): Table {
  return {
    title: 'A working day: what is recalled on the next one',
    columns: [
      'messages that something helps',
      'helped',
      'that nothing helps',
      'given something',
      'misled, of all',
      'passages',
      'that help',
    ],
    rows: [
      [
        summary.answerable,
        summary.helped,
        summary.unanswerable,
        summary.needless,
        summary.misled,
        summary.passages,
        summary.helpfulPassages,
      ],
    ],
  };
}

function mistakes(results: readonly WorkdayResult[]): Table {
  const wrong = results.filter(({ isAnswerable, recalled, helpful }) => (isAnswerable && helpful === 0) || helpful < recalled.length);
  return {
    title: 'A working day: messages with something missing, or too much',
    columns: ['message', 'that help', 'recalled'],
    rows: wrong.map(({ message, recalled, helpful }) => [message, helpful, recalled.join(' ')]),
  };
}
