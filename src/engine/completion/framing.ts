import type { Token } from 'node-llama-cpp';
import { EndlessError } from '../../shared/errors.ts';
import type { CompletionPlace } from '../../shared/protocol/completion.ts';
import type { CompletionContext } from './completion-context.ts';
import { anchoredAt, frameAt, type Frame } from './frame.ts';

/** Text may have this many times as many tokens as code usually has: bytes of rare characters are one each. */
const GREATEST_DENSITY = 16;

export interface Prompt {
  readonly tokens: readonly Token[];
  /** Whether the frame is the one that there was. */
  readonly kept: boolean;
}

/** Puts one place after the other into tokens, in the same frame for as long as it holds. */
export class Framing {
  readonly #context: CompletionContext;
  #frame: Frame | undefined;

  constructor(context: CompletionContext) {
    this.#context = context;
  }

  /** Whether the frame that there is holds at a place. */
  holdsAt(place: CompletionPlace): boolean {
    return frameAt(place, this.#context.limits(1), this.#frame).kept;
  }

  /**
   * The prompt at a place, with room behind it for what is written.
   *
   * @param anchor `kept`: the frame stays if it holds; `moved`: its anchor is set to where the cursor is.
   */
  promptAt(place: CompletionPlace, anchor: 'kept' | 'moved'): Prompt {
    const context = this.#context;
    for (let density = 1; density <= GREATEST_DENSITY; density *= 2) {
      const limits = context.limits(density);
      const mayStay = anchor === 'kept' && density === 1;
      const { frame, typed, kept } = mayStay ? frameAt(place, limits, this.#frame) : anchoredAt(place, limits, this.#frame);
      const shown = { ...frame, path: frame.path.slice(-limits.path) };
      const tokens = [...context.format.frame(shown), ...context.format.typed(typed)];
      if (tokens.length + context.reserve > context.cache.capacity) continue;
      this.#frame = frame;
      return { tokens, kept };
    }
    throw new EndlessError('internal', { reason: 'a frame without room' });
  }
}
