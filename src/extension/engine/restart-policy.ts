const MAX_RESTARTS = 3;
const PERIOD_MS = 3 * 60_000;

/** Bounds the restarts of an engine that crashes: three within three minutes, then it takes the user's word. */
export class RestartPolicy {
  #restarts: readonly number[] = [];

  /**
   * Whether the engine may be started once more at the time `now`, in milliseconds of a clock that nobody sets; a yes is counted.
   */
  allows(now: number): boolean {
    const recent = this.#restarts.filter((time) => now - time < PERIOD_MS);
    if (recent.length >= MAX_RESTARTS) return false;
    this.#restarts = [...recent, now];
    return true;
  }

  /** Starts counting anew, because the user asked for another try. */
  reset(): void {
    this.#restarts = [];
  }
}
