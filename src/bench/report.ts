import type { ModelFacts } from '../shared/protocol/model-facts.ts';
import type { Machine } from './machine.ts';

/** A line of "must hold": what was measured against the bound that was set before. */
export interface Check {
  readonly name: string;
  readonly value: number;
  readonly comparison: '<=' | '>=';
  readonly limit: number;
  readonly holds: boolean;
}

/** What is said of the model, without the path, which is the user's own business. */
export type MeasuredModel = Pick<
  ModelFacts,
  'name' | 'architecture' | 'fileBytes' | 'trainedContext' | 'window' | 'backend' | 'devices' | 'threads' | 'canShift' | 'yarnLeftOut'
> & { readonly fingerprint: string };

/** The one form in which every measuring program reports, as printed with `--json`. */
export interface Report {
  readonly bench: string;
  /** `null` when no model takes part. */
  readonly model: MeasuredModel | null;
  readonly machine: Machine;
  readonly parameters: Readonly<Record<string, number | string>>;
  /** One entry per measured case; the fields are the program's own and are described in docs/evaluation.md. */
  readonly results: readonly object[];
  readonly checks: readonly Check[];
}

/** A value that was not measured (NaN) never holds. */
export function check(name: string, value: number, comparison: Check['comparison'], limit: number): Check {
  const holds = comparison === '<=' ? value <= limit : value >= limit;
  return { name, value, comparison, limit, holds };
}

/** Checks for people: one line each, those that fail marked. */
export function formatChecks(checks: readonly Check[]): string {
  return checks
    .map(({ name, value, comparison, limit, holds }) => `${holds ? 'holds' : 'FAILS'}  ${name}: ${figure(value)} ${comparison} ${limit}`)
    .join('\n');
}

/** A number as short as it may be without losing what matters. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (Number.isInteger(value)) return String(value);
  if (Math.abs(value) < 0.01) return value.toPrecision(2);
  return value.toFixed(Math.abs(value) < 10 ? 2 : 1);
}
