import type { LoadedModel } from '../../engine/model/loaded-model.ts';
import type { Table } from '../table.ts';
import { obstacleTo, type PolicyName } from './arm-cache.ts';

/** What came of a case: its result, or why this model cannot be put to it. */
export type Outcome<Case, Result> =
  (Result & { readonly supported: true; readonly reason: null }) | (Case & { readonly supported: false; readonly reason: string });

/** Measures a case, unless its policy would shift keys that must not be: native code might abort the process. */
export async function outcomeOf<Case extends { readonly policy: PolicyName }, Result>(
  loaded: LoadedModel,
  about: Case,
  measure: () => Promise<Result>,
): Promise<Outcome<Case, Result>> {
  const reason = obstacleTo(loaded, about.policy);
  return reason === undefined ? { ...(await measure()), supported: true, reason: null } : { ...about, supported: false, reason };
}

/** The results of the cases that were measured. */
export function measuredIn<Case, Result>(outcomes: readonly Outcome<Case, Result>[]): readonly Result[] {
  return outcomes.flatMap((outcome) => (outcome.supported ? [outcome] : []));
}

/** What was not measured, and why; nothing when all was. */
export function refusalTables<Case, Result>(
  outcomes: readonly Outcome<Case, Result>[],
  titleOf: (about: Case) => string,
): readonly Table[] {
  const rows = outcomes.flatMap((outcome) => (outcome.supported ? [] : [[titleOf(outcome), outcome.reason]]));
  return rows.length === 0 ? [] : [{ title: 'Not measured: the cache of this model cannot roll', columns: ['system', 'reason'], rows }];
}
