import type { LoadedModel } from '../../engine/model/loaded-model.ts';
import { recalledFor } from '../../engine/recall/recall.ts';
import { check, type Check } from '../report.ts';
import { withTranscript, write } from './bench-transcript.ts';
import { WORKDAY_QUESTIONS } from './workday-questions.ts';
import { WORKDAY } from './workday.ts';

/** What was recalled for one message of the next day. */
export interface WorkdayResult {
  readonly message: string;
  /** Whether there is anything that helps. */
  readonly isAnswerable: boolean;
  /** Names of the turns that the passages are from. */
  readonly recalled: readonly string[];
  readonly helpful: number;
}

/** Asks about a working day of which nothing is in the cache any more. @param budget in tokens. */
export async function askAboutWorkday(loaded: LoadedModel, budget: number): Promise<readonly WorkdayResult[]> {
  return withTranscript(async (transcript) => {
    const names = new Map(WORKDAY.map(({ name, message, answer }) => [write(transcript, message, answer), name]));
    transcript.moveCacheEdge(Math.max(...names.keys()));
    transcript.beginSection();
    return WORKDAY_QUESTIONS.map(({ message, helpful }) => {
      const passages = recalledFor(transcript, {
        turn: { id: Infinity, section: transcript.section, message, answer: '', createdAt: 0, state: 'running' },
        layout: { window: loaded.facts.window, used: 0, segments: [], strategy: 'streaming' },
        budget,
        tokens: loaded.chat,
      });
      const recalled = passages.map(({ turnId }) => names.get(turnId) ?? '');
      return { message, isAnswerable: helpful.length > 0, recalled, helpful: recalled.filter((name) => helpful.includes(name)).length };
    });
  });
}

/** The figures of the day. */
export interface WorkdaySummary {
  readonly answerable: number;
  /** Answerable messages for which something was recalled that helps. */
  readonly helped: number;
  readonly passages: number;
  readonly helpfulPassages: number;
  readonly unanswerable: number;
  /** Messages, answerable or not, for which nothing but useless passages were recalled. */
  readonly misled: number;
  /** Messages that nothing helps for which something was recalled. */
  readonly needless: number;
}

export function summaryOf(results: readonly WorkdayResult[]): WorkdaySummary {
  const count = (holds: (result: WorkdayResult) => boolean): number => results.filter(holds).length;
  const sum = (of: (result: WorkdayResult) => number): number => results.reduce((total, result) => total + of(result), 0);
  return {
    answerable: count(({ isAnswerable }) => isAnswerable),
    helped: count(({ helpful }) => helpful > 0),
    passages: sum(({ recalled }) => recalled.length),
    helpfulPassages: sum(({ helpful }) => helpful),
    unanswerable: count(({ isAnswerable }) => !isAnswerable),
    misled: count(({ recalled, helpful }) => recalled.length > 0 && helpful === 0),
    needless: count(({ isAnswerable, recalled }) => !isAnswerable && recalled.length > 0),
  };
}

/** What must hold of the day: enough is recalled, and not too much. */
export function workdayChecks({ answerable, helped, passages, helpfulPassages, misled, needless }: WorkdaySummary): readonly Check[] {
  return [
    check('working day: answerable messages helped, part', helped / answerable, '>=', 0.85),
    check('working day: passages that help, part', helpfulPassages / passages, '>=', 0.8),
    check('working day: messages given only useless passages', misled, '<=', 4),
    check('working day: messages that nothing helps, given something', needless, '<=', 2),
  ];
}
