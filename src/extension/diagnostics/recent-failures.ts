import type { ErrorReport } from '../../shared/errors.ts';

/** Something that went wrong, as it may be shown to others. */
export interface Failure {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly report: ErrorReport;
}

/** Failures that are kept. */
const MOST = 20;

/** What went wrong lately, for the diagnostics. What a user reports comes first in it. */
export class RecentFailures {
  #failures: readonly Failure[] = [];

  /** What is told several times in a row is noted once. */
  note(report: ErrorReport, at = Date.now()): void {
    if (JSON.stringify(this.#failures[0]?.report) === JSON.stringify(report)) return;
    this.#failures = [{ at, report }, ...this.#failures].slice(0, MOST);
  }

  /** Newest first. */
  get list(): readonly Failure[] {
    return this.#failures;
  }
}
