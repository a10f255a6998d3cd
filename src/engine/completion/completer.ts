import type { Token } from 'node-llama-cpp';
import { EndlessError } from '../../shared/errors.ts';
import type { CompletionOutcome, CompletionPlace, CompletionResult, CompletionSettings, Passage } from '../../shared/protocol.ts';
import { TokenDecoder } from '../conversation/token-decoder.ts';
import type { Precedence } from '../precedence.ts';
import { Queue } from '../queue.ts';
import type { CompletionContext } from './completion-context.ts';
import { CompletionSlot, type CompletionSlotOptions } from './completion-slot.ts';
import { endOf, extentAt, type Extent } from './extent.ts';
import { anchoredAt, frameAt, type Frame } from './frame.ts';
import { indentationAt } from './indentation.ts';
import { polish } from './polish.ts';

/** How long may be generated, in milliseconds: who types does not wait for more. */
const TIME_BUDGET_MS = { unasked: 1500, asked: 6000 } as const;

/** Nobody has typed for so long: time to set the anchor to the cursor, in milliseconds. */
const IDLE_MS = 700;
/** And for so long: time to read new passages, for which the text at the cursor has to be read again. */
const CALM_MS = 4_000;

const GREEDY = { temperature: 0 } as const;

export interface CompleterOptions extends CompletionSlotOptions {
  readonly precedence: Precedence;
  /** Only for measuring: so many tokens are generated, whatever they say. */
  readonly exactTokens?: number;
}

/** Text may have this many times as many tokens as code usually has: bytes of rare characters are one each. */
const GREATEST_DENSITY = 16;

interface Prompt {
  readonly tokens: readonly Token[];
  /** Whether the frame is the one that there was. */
  readonly kept: boolean;
}

export interface CompletionRequest {
  readonly place: CompletionPlace;
  readonly settings: CompletionSettings;
  /** Whether nobody waits for it yet: it ends no other request, is ended by any, and the chat does not wait for it. */
  readonly ahead: boolean;
  /** Who asks: nothing that one window has shown the model is known in the completions of another. */
  readonly owner: object;
  /** What else the model is to see, oldest first; it is read when nobody types. */
  readonly passages: readonly Passage[];
}

type Stats = NonNullable<CompletionResult['stats']>;

/** What is known of a request when the model has answered. */
interface Written {
  readonly text: string;
  readonly stats: Stats;
}

/**
 * Suggests what to write at a place. One request runs at a time, the newest one: it ends the one before, and the chat
 * waits while it runs. What comes next is prepared when nobody types.
 */
export class Completer {
  readonly #options: CompleterOptions;
  readonly #slot: CompletionSlot;
  #frame: Frame | undefined;
  #owner: object | undefined;
  #place: CompletionPlace | undefined;
  #passages: readonly Passage[] = [];
  #running = new AbortController();
  #ahead = new AbortController();
  /** Work on the context that has been begun; it ends soon after `#running` is aborted. */
  #decoding: Promise<unknown> = Promise.resolve();
  readonly #queue = new Queue();
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(options: CompleterOptions) {
    this.#options = options;
    this.#slot = new CompletionSlot(options, async () => {
      this.#supersede();
      await this.#decoding;
    });
  }

  /**
   * @param signal nobody waits for the answer any more.
   * @throws EndlessError with the code of what is wrong with the model.
   */
  complete({ place, settings, ahead, owner, passages }: CompletionRequest, signal: AbortSignal): Promise<CompletionResult> {
    const arrived = performance.now();
    const ended = AbortSignal.any([signal, ahead ? this.#beginAhead() : this.#supersede()]);
    const isOver = (): boolean => ended.aborted;
    return this.#queue.run(async () => {
      if (isOver()) return nothing('superseded');
      const wasOpen = this.#slot.context;
      const context = await this.#slot.enter(settings);
      if (typeof context === 'string') return nothing(context);
      if (context !== wasOpen || owner !== this.#owner) {
        await this.#decode(() => context.cache.clear());
        [this.#frame, this.#place, this.#owner] = [undefined, undefined, owner];
      }
      // How long it took to load the model says nothing of how long the next answer takes.
      const since = context === wasOpen ? arrived : performance.now();
      // What nobody waits for must not make the next key read everything again.
      const isStray = ahead && !frameAt(place, context.limits(1), this.#frame).kept;
      if (isOver() || isStray) return nothing('superseded');
      const suggest = async (): Promise<CompletionResult> => {
        await context.keep(passages);
        return this.#suggest(context, place, since, ended);
      };
      if (ahead) return this.#decode(suggest);
      [this.#place, this.#passages] = [place, passages];
      try {
        return await this.#decode(() => this.#options.precedence.first(suggest));
      } finally {
        this.#prepareLater();
      }
    });
  }

  /** Ends what runs; the models go with their slots. */
  close(): void {
    this.#supersede();
  }

  /** Ends what runs, for what comes now. */
  #supersede(): AbortSignal {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#ahead.abort();
    this.#running.abort();
    this.#running = new AbortController();
    return this.#running.signal;
  }

  #beginAhead(): AbortSignal {
    this.#ahead.abort();
    this.#ahead = new AbortController();
    return this.#ahead.signal;
  }

  async #suggest(context: CompletionContext, place: CompletionPlace, begin: number, signal: AbortSignal): Promise<CompletionResult> {
    const extent = extentAt(place, place.explicit);
    try {
      const { text, stats } = await this.#write(context, place, extent, begin, signal);
      if (signal.aborted) return { ...nothing('superseded'), stats };
      const suggested = polish(text, place, extent);
      const outcome = suggested ? 'suggested' : text.trim() ? 'discarded' : 'silent';
      return { outcome, text: suggested, stats };
    } catch (error) {
      if (signal.aborted && !(error instanceof EndlessError)) return nothing('superseded');
      throw error;
    }
  }

  async #write(context: CompletionContext, place: CompletionPlace, extent: Extent, begin: number, signal: AbortSignal): Promise<Written> {
    const prompt = this.#framed(context, place, true);
    const { model } = context.weights;
    const reindent = indentationAt(place);
    const decoder = new TokenDecoder((tokens, lastTokens) => model.detokenize(tokens, false, lastTokens));
    const { exactTokens } = this.#options;
    const most = exactTokens ?? Math.min(extent.mostTokens, context.reserve);
    const since = (): number => performance.now() - begin;
    let [written, generated, firstTokenMs, reuse] = ['', 0, 0, { reused: 0, evaluated: 0 }];
    let isWhole = false;
    for await (const token of context.cache.generate(prompt.tokens, most, GREEDY, signal, (found) => (reuse = found))) {
      if (generated++ === 0) firstTokenMs = since();
      isWhole = exactTokens === undefined && (model.isEogToken(token) || model.isSpecialToken(token));
      if (isWhole || signal.aborted) break;
      written += decoder.push(token);
      if (exactTokens !== undefined) continue;
      isWhole = endOf(reindent(written), place, extent) !== undefined;
      if (isWhole || since() - firstTokenMs > (place.explicit ? TIME_BUDGET_MS.asked : TIME_BUDGET_MS.unasked)) break;
    }
    const text = reindent(written + decoder.end());
    const stats = { ...reuse, generated, frameKept: prompt.kept, firstTokenMs, totalMs: since() };
    return { text: isWhole ? text : withoutHalfLine(text), stats };
  }

  /** The prompt at a place, in the frame that there is if it still holds and is not asked to move. */
  #framed(context: CompletionContext, place: CompletionPlace, mayStay: boolean): Prompt {
    for (let density = 1; density <= GREATEST_DENSITY; density *= 2) {
      const limits = context.limits(density);
      const framed = mayStay && density === 1 ? frameAt(place, limits, this.#frame) : anchoredAt(place, limits, this.#frame);
      const { frame, typed } = framed;
      const tokens = [...context.format.frame(frame), ...context.format.typed(typed)];
      if (tokens.length + context.reserve > context.cache.capacity) continue;
      this.#frame = frame;
      return { tokens, kept: framed.kept };
    }
    throw new EndlessError('internal', { reason: 'a frame without room' });
  }

  /**
   * Prepares what comes next, which is else done when nobody has typed for a while: sets the anchor to where the cursor is, so
   * that the next key has little to wait for, and before that, if asked to, reads new passages. Newer requests end it.
   */
  prepare({ passages = true } = {}): Promise<void> {
    const { signal } = this.#running;
    return this.#queue.run(async () => {
      const { context } = this.#slot;
      const place = this.#place;
      if (signal.aborted || !context || !place) return;
      await this.#decode(async () => {
        const { tokens } = this.#framed(context, place, false);
        if (passages) await context.cache.hold(context.fitting(this.#passages, tokens.length), signal);
        await context.cache.prefill(tokens, context.reserve, signal);
      }).catch((error: unknown) => {
        if (!signal.aborted) this.#options.load.log('warn', `completions could not be prepared: ${String(error)}`);
      });
    });
  }

  #prepareLater(): void {
    const later = (ms: number, passages: boolean): void =>
      void this.#timers.add(setTimeout(() => void this.prepare({ passages }), ms).unref());
    later(IDLE_MS, false);
    later(CALM_MS, true);
  }

  /** Whatever fails but a stop leaves a cache that may not agree with its ledger: it is given up. */
  async #decode<T>(work: () => Promise<T>): Promise<T> {
    const { signal } = this.#running;
    const result = work().catch(async (error: unknown) => {
      if (!signal.aborted || error instanceof EndlessError) await this.#slot.close();
      throw error;
    });
    this.#decoding = result.catch(() => undefined);
    return result;
  }
}

function nothing(outcome: CompletionOutcome): CompletionResult {
  return { outcome, text: '' };
}

/** What was cut off in the middle of its last line is better without it, if there is more. */
function withoutHalfLine(text: string): string {
  const end = text.lastIndexOf('\n');
  return end > 0 && text.slice(0, end).trim() ? text.slice(0, end) : text;
}
