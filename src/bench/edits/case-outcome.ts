import { editFromAnswer, type EditOutcome } from '../../shared/edits/edit-from-answer.ts';
import type { AnswerCase } from './answer-texts.ts';

/** The document after an answer, or why it was refused. */
export type CaseOutcome = string | { readonly refused: string };

export function outcomeOf({ source, language, range, answer }: Omit<AnswerCase, 'expected'>): CaseOutcome {
  const lines = source.split('\n');
  const [start, end] = range ?? [0, lines.length];
  const outcome: EditOutcome = editFromAnswer({ lines, range: { start, end }, language }, answer);
  return outcome.kind === 'edited' ? outcome.lines.join('\n') : { refused: outcome.reason };
}

/** Everything that a case accepts. */
export function accepted({ expected }: AnswerCase): readonly CaseOutcome[] {
  if (typeof expected === 'string') return [expected];
  const refusals = [expected.refused].flat().map((refused) => ({ refused }));
  return expected.or === undefined ? refusals : [...refusals, expected.or];
}

/**
 * What became of a case: the edit that was meant; another one; none although one was meant; none since none can be told from
 * the answer for certain.
 */
export type Verdict = 'applied' | 'wrong' | 'missed' | 'refused';

export function verdictOn(one: AnswerCase): Verdict {
  const outcome = outcomeOf(one);
  if (typeof outcome === 'string') return accepted(one).includes(outcome) ? 'applied' : 'wrong';
  return typeof one.expected === 'string' ? 'missed' : 'refused';
}
