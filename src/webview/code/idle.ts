/** Time that is taken in one go at most, in milliseconds: what is left of a frame belongs to whoever scrolls or types. */
const MOST_MS = 8;
/** Work does not wait longer than this for an idle moment, in milliseconds. */
const PATIENCE_MS = 1_000;

const queue = new Set<Iterator<unknown, void>>();
let isAsked = false;

/**
 * Does work step by step when the page has nothing else to do; one after the other.
 *
 * @returns lets the rest of it be.
 */
export function whenIdle(work: Iterator<unknown, void>): () => void {
  queue.add(work);
  askForTime();
  return () => queue.delete(work);
}

function askForTime(): void {
  if (isAsked) return;
  isAsked = true;
  requestIdleCallback(
    () => {
      isAsked = false;
      const end = performance.now() + MOST_MS;
      for (const work of queue) {
        while (queue.has(work) && performance.now() < end) if (work.next().done) queue.delete(work);
        if (performance.now() >= end) break;
      }
      if (queue.size > 0) askForTime();
    },
    { timeout: PATIENCE_MS },
  );
}
