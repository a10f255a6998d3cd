import type { ObservedPage } from '../observed.ts';

/** Watches the frames and the long tasks of the page that it runs in. */
export class Observer {
  readonly #tasks: PerformanceEntry[] = [];
  #frames: number[] = [];
  #began = 0;
  #mostTurns = 0;
  #told = 0;
  #running = false;

  constructor() {
    new PerformanceObserver((list) => this.#tasks.push(...list.getEntries())).observe({ type: 'longtask', buffered: true });
  }

  start(): void {
    this.#began = performance.now();
    this.#frames = [];
    this.#mostTurns = 0;
    this.#told = 0;
    this.#running = true;
    let last = this.#began;
    const onFrame = (now: number): void => {
      this.#frames.push(now - last);
      last = now;
      if (this.#running) requestAnimationFrame(onFrame);
    };
    requestAnimationFrame(onFrame);
  }

  turns(count: number): void {
    this.#mostTurns = Math.max(this.#mostTurns, count);
  }

  told(): void {
    this.#told += 1;
  }

  async stop(): Promise<ObservedPage> {
    const ended = performance.now();
    this.#running = false;
    // Tasks are told behind their end.
    await new Promise((resolve) => setTimeout(resolve, 500));
    return {
      longTasks: this.#tasks.filter(({ startTime }) => startTime >= this.#began && startTime <= ended).map(({ duration }) => duration),
      frames: this.#frames.slice(1),
      ms: ended - this.#began,
      mostTurns: this.#mostTurns,
      told: this.#told,
    };
  }
}
