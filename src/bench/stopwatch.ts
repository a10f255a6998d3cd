/** How long something took. */
export interface Elapsed {
  /** On the clock, as its user sees it. */
  readonly ms: number;
  /** Of processors, in all threads of this process: what other programs do meanwhile hardly shows in it. */
  readonly cpuMs: number;
}

/** Starts a stopwatch; each call of what it returns says how long ago that was. */
export function stopwatch(): () => Elapsed {
  const [started, used] = [performance.now(), process.cpuUsage()];
  return () => {
    const { user, system } = process.cpuUsage(used);
    return { ms: performance.now() - started, cpuMs: (user + system) / 1000 };
  };
}

/** How long some work takes by the clock, in milliseconds. */
export async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const elapsed = stopwatch();
  await work();
  return elapsed().ms;
}
