import type { Elapsed } from '../stopwatch.ts';

/** What it took to get one more token out of a model whose window is full. */
export interface Step extends Elapsed {
  /** Tokens that native code decoded for it. */
  readonly decoded: number;
}

/** A way of decoding on and on with a full window, to be compared with others. */
export interface DecodeArm extends AsyncDisposable {
  step(): Promise<Step>;
}

/** The likeliest token is taken, and what would end an answer ends nothing. */
export const UNENDING = { temperature: 0, yieldEogToken: true } as const;
