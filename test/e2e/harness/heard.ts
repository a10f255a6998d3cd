import { errors } from 'playwright-core';

/** How long it may take until VS Code shows that it has heard of a key or a click, in milliseconds. */
export const HEARD_MS = 3_000;
/** How long something is tried. */
const PATIENCE_MS = 60_000;

/** Whether something came to be in the time that it was given. @throws whatever else went wrong. */
export async function happens(attempt: Promise<unknown>): Promise<boolean> {
  try {
    await attempt;
    return true;
  } catch (error) {
    if (error instanceof errors.TimeoutError) return false;
    throw error;
  }
}

/**
 * Tries something until VS Code has heard of it: what comes while the focus goes elsewhere, or before something is ready, is lost.
 *
 * @param attempt waits for what it brings about, and says whether that came.
 * @throws Error that names it, when it never comes.
 */
export async function untilHeard(what: string, attempt: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await attempt())) if (performance.now() > deadline) throw new Error(`VS Code does not hear of it: ${what}`);
}
