/**
 * Runs `action` at most once per interval: at once if it is due, else when the interval is over. While nothing asks,
 * no timer runs.
 */
export class Throttle {
  readonly #action: () => void;
  readonly #intervalMs: number;
  #last = -Infinity;
  #timer: NodeJS.Timeout | undefined;

  constructor(intervalMs: number, action: () => void) {
    this.#intervalMs = intervalMs;
    this.#action = action;
  }

  request(): void {
    if (this.#timer) return;
    const wait = this.#last + this.#intervalMs - performance.now();
    if (wait <= 0) this.now();
    else this.#timer = setTimeout(() => this.now(), wait);
  }

  now(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#last = performance.now();
    this.#action();
  }

  cancel(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
