import type { Token } from 'node-llama-cpp';
import { EndlessError } from '../../shared/errors.ts';
import type { CompletionOutcome, CompletionPlace, CompletionResult, CompletionSettings, Passage } from '../../shared/protocol.ts';
import type { Precedence } from '../precedence.ts';
import { Queue } from '../queue.ts';
import type { CompletionContext } from './completion-context.ts';
import { CompletionSlot, type CompletionSlotOptions } from './completion-slot.ts';
import { extentAt, type Extent } from './extent.ts';
import { anchoredAt, frameAt, type Frame } from './frame.ts';
import { polish } from './polish.ts';
import { write } from './write.ts';

/** How long may be generated, in milliseconds: who types does not wait for more. */
const TIME_BUDGET_MS = { unasked: 1500, asked: 6000 } as const;

const GREEDY = { temperature: 0 } as const;
/** Who asks with a key gets so many other texts, as far as there is time, drawn from what the model holds likely. */
const MOST_ALTERNATIVES = 2;
const MOST_TRIES = 4;
const VARIED = { temperature: 0.8, minP: 0.1 } as const;

/** Nobody has typed for so long: time to set the anchor to the cursor, in milliseconds. */
const IDLE_MS = 700;
/** And for so long: time to read new passages, for which the text at the cursor has to be read again. */
const CALM_MS = 4_000;

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

interface Preparation {
  readonly anchor?: 'kept' | 'moved';
  readonly passages?: boolean;
}

/** For what the cache was begun. */
interface Begun extends Pick<CompletionRequest, 'owner'> {
  readonly context: CompletionContext;
  readonly repository: string;
}

/** A place at which something is to be written, and for whom. */
interface Task {
  readonly context: CompletionContext;
  readonly place: CompletionPlace;
  /** When it was asked for, by `performance.now()`. */
  readonly begin: number;
  readonly signal: AbortSignal;
}

/**
 * Suggests what to write at a place. One request runs at a time, the newest one: it ends the one before, and the chat
 * waits while it runs. What comes next is prepared when nobody types.
 */
export class Completer {
  readonly #options: CompleterOptions;
  readonly #slot: CompletionSlot;
  #frame: Frame | undefined;
  #begun: Begun | undefined;
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
    const own = ahead ? this.#beginAhead() : this.#supersede();
    const ended = AbortSignal.any([signal, own]);
    const isOver = (): boolean => ended.aborted;
    return this.#queue.run(async () => {
      if (isOver()) return nothing('superseded');
      const wasOpen = this.#slot.context;
      const context = await this.#slot.enter(settings);
      if (typeof context === 'string') return nothing(context);
      // How long it took to load the model says nothing of how long the next answer takes.
      const begin = context === wasOpen ? arrived : performance.now();
      const isNew = !this.#isFor(context, owner, place);
      // What nobody waits for must not make the next key read everything again.
      const isStray = ahead && (isNew || !frameAt(place, context.limits(1), this.#frame).kept);
      if (isOver() || isStray) return nothing('superseded');
      if (isNew) await this.#begin(context, owner, place);
      const suggest = async (): Promise<CompletionResult> => {
        await context.keep(passages);
        return this.#suggest({ context, place, begin, signal: ended });
      };
      if (ahead) return this.#decode(suggest);
      [this.#place, this.#passages] = [place, passages];
      try {
        return await this.#decode(() => this.#options.precedence.first(suggest));
      } finally {
        if (!own.aborted) this.#prepareLater(isOver());
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

  #isFor(context: CompletionContext, owner: object, { repository }: CompletionPlace): boolean {
    const begun = this.#begun;
    return begun?.context === context && begun.owner === owner && begun.repository === repository;
  }

  async #begin(context: CompletionContext, owner: object, { repository }: CompletionPlace): Promise<void> {
    [this.#frame, this.#place, this.#begun] = [undefined, undefined, undefined];
    await this.#decode(() => context.begin(repository));
    this.#begun = { context, owner, repository };
  }

  async #suggest(task: Task): Promise<CompletionResult> {
    const { context, place, begin, signal } = task;
    const { tokens, kept: frameKept } = this.#framed(context, place, true);
    const extent = extentAt(place, place.explicit);
    const { exactTokens } = this.#options;
    const budgetMs = place.explicit ? TIME_BUDGET_MS.asked : TIME_BUDGET_MS.unasked;
    const written = await write(context, tokens, place, extent, { sampling: GREEDY, budgetMs, signal, exactTokens });
    const { text, firstTokenAt, ...counts } = written;
    const stats = { ...counts, frameKept, firstTokenMs: firstTokenAt - begin, totalMs: performance.now() - begin };
    if (signal.aborted) return { ...nothing('superseded'), stats };
    const texts = [polish(text, place, extent), ...(place.explicit ? await this.#alternatives(task, tokens, extent) : [])];
    const [best, ...alternatives] = [...new Set(texts)].filter((suggested) => suggested !== '');
    if (best === undefined) return { ...nothing(text.trim() ? 'discarded' : 'silent'), stats };
    return { outcome: 'suggested', text: best, alternatives, stats };
  }

  /** What else the model might write at a place; the prompt is in the cache by now. */
  async #alternatives({ context, place, begin, signal }: Task, prompt: readonly Token[], extent: Extent): Promise<readonly string[]> {
    const found = new Set<string>();
    for (let seed = 1; seed <= MOST_TRIES && found.size < MOST_ALTERNATIVES; seed++) {
      const budgetMs = begin + TIME_BUDGET_MS.asked - performance.now();
      if (signal.aborted || budgetMs <= 0) break;
      const { text } = await write(context, prompt, place, extent, { sampling: { ...VARIED, seed }, budgetMs, signal });
      found.add(polish(text, place, extent));
    }
    return [...found];
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
   * Prepares what comes next, which is else done when nobody types: reads what stands around the cursor, so that the next key
   * has little to wait for. Newer requests end it.
   *
   * @param anchor `kept`: the anchor stays if it can, since somebody types; `moved`: it is set to where the cursor is.
   * @param passages whether new passages are read, too.
   */
  prepare({ anchor = 'moved', passages = true }: Preparation = {}): Promise<void> {
    const { signal } = this.#running;
    return this.#queue.run(async () => {
      const { context } = this.#slot;
      const place = this.#place;
      if (signal.aborted || !context || !place) return;
      await this.#decode(async () => {
        const { tokens } = this.#framed(context, place, anchor === 'kept');
        if (passages) await context.cache.hold(context.fitting(this.#passages, tokens.length), signal);
        await context.cache.prefill(tokens, context.reserve, signal);
      }).catch((error: unknown) => {
        if (!signal.aborted) this.#options.load.log('warn', `completions could not be prepared: ${String(error)}`);
      });
    });
  }

  /** @param isOver whether a key ended the request: what it had not read yet, the next one would have to. */
  #prepareLater(isOver: boolean): void {
    if (isOver) void this.prepare({ anchor: 'kept', passages: false });
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
  return { outcome, text: '', alternatives: [] };
}
