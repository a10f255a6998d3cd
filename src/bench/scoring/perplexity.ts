import { mean } from '../statistics.ts';

/** Perplexity over natural log-probabilities: e to the power of their mean, negated. NaN when there are none. */
export function perplexity(logProbabilities: readonly number[]): number {
  return Math.exp(-mean(logProbabilities));
}

/** The list in four parts of the same length, or one less. */
export function quarters<T>(values: readonly T[]): readonly [readonly T[], readonly T[], readonly T[], readonly T[]] {
  const part = (at: number): readonly T[] => values.slice(Math.round((at * values.length) / 4), Math.round(((at + 1) * values.length) / 4));
  return [part(0), part(1), part(2), part(3)];
}
