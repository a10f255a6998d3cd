import type { CompletionPlace, CompletionResult } from '../protocol/completion.ts';
import { Debounce } from './debounce.ts';
import { SuggestionCache } from './suggestion-cache.ts';

/** How somebody asks for a completion. */
export interface Asking {
  /** Whether nobody waits for it yet. */
  readonly ahead: boolean;
  /** Nobody waits for it any more. */
  readonly signal: AbortSignal;
}

/** Asks a model; `undefined` when that failed. */
export type Ask = (place: CompletionPlace, asking: Asking) => Promise<CompletionResult | undefined>;

/** What became of a wish for a suggestion: an answer of the model, or why it was not asked. */
export interface Suggested {
  readonly decision: CompletionResult['outcome'] | 'known' | 'known-nothing' | 'cancelled' | 'engine-failed';
  /** What may be written, best first; empty when there is nothing. */
  readonly texts: readonly string[];
  readonly stats?: CompletionResult['stats'];
}

/**
 * Between the keys and the model: what is known is not asked for again, what was typed a moment ago is given time for the
 * next key, and what follows a suggestion is asked for before it is accepted.
 */
export class Suggester {
  readonly #ask: Ask;
  #known = new SuggestionCache();
  readonly #debounce = new Debounce();
  /** The text before the place that is asked about ahead, while it is. */
  #ahead: string | undefined;

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  async suggest(place: CompletionPlace, signal: AbortSignal): Promise<Suggested> {
    const known = place.explicit ? undefined : this.#known.get(place);
    if (known) {
      this.#lookAhead(place, known.text);
      return known.text ? { decision: 'known', texts: [known.text] } : { decision: 'known-nothing', texts: [] };
    }
    if (!place.explicit) await pause(this.#debounce.delayMs, signal);
    if (signal.aborted) return { decision: 'cancelled', texts: [] };
    const answer = await this.#request(place, { ahead: false, signal });
    if (!answer) return { decision: 'engine-failed', texts: [] };
    const { outcome: decision, text, alternatives, stats } = answer;
    // Who asks with a key waits for more, which says nothing of what a key waits for.
    if (stats && !place.explicit && FINAL.has(decision)) this.#debounce.answered(stats.totalMs);
    if (decision === 'suggested') this.#lookAhead(place, text);
    return { decision, texts: decision === 'suggested' ? [text, ...alternatives] : [], stats };
  }

  /** Forgets what is known, for when the model or the settings are others; what is being asked is not remembered either. */
  reset(): void {
    this.#known = new SuggestionCache();
  }

  /** What would be suggested if this were accepted is asked for now: who presses Tab does not wait for it. */
  #lookAhead(place: CompletionPlace, text: string): void {
    const next = { ...place, before: place.before + text, explicit: false };
    // While a suggestion is typed, what follows it stays the same.
    if (!text || this.#ahead === next.before || this.#known.get(next)) return;
    this.#ahead = next.before;
    void this.#request(next, { ahead: true, signal: NEVER }).finally(() => {
      if (this.#ahead === next.before) this.#ahead = undefined;
    });
  }

  async #request(place: CompletionPlace, asking: Asking): Promise<CompletionResult | undefined> {
    const known = this.#known;
    const answer = await this.#ask(place, asking);
    if (answer && FINAL.has(answer.outcome)) known.set(place, answer);
    return answer;
  }
}

const NEVER = new AbortController().signal;

/** The model has been asked, and has said what it says at this place. */
const FINAL: ReadonlySet<CompletionResult['outcome']> = new Set(['suggested', 'silent', 'discarded']);

/** Waits, or until nobody is interested any more. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });
}
