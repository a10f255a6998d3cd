import type { Token } from 'node-llama-cpp';
import { EndlessError } from '../../shared/errors.ts';
import type { CompletionOutcome, CompletionPlace, CompletionResult, CompletionSettings, Passage } from '../../shared/protocol.ts';
import type { Precedence } from '../precedence.ts';
import { Queue } from '../queue.ts';
import type { CompletionContext } from './completion-context.ts';
import { CompletionSlot, type CompletionSlotOptions } from './completion-slot.ts';
import { extentAt, type Extent } from './extent.ts';
import { Framing } from './framing.ts';
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
/** But so many times as long as that takes: who comes back meanwhile has to wait for it. */
const CALM_FOR_READING = 5;

export interface CompleterOptions extends CompletionSlotOptions {
  readonly precedence: Precedence;
  /** Only for measuring: so many tokens are generated, whatever they say. */
  readonly exactTokens?: number;
}

export interface CompletionRequest {
  readonly place: CompletionPlace;
  readonly settings: CompletionSettings;
  /** Whether nobody waits for it yet: it ends no other request, is ended by any, and the chat does not wait for it. */
  readonly ahead: boolean;
  /** Who asks: nothing that one window has shown the model is known in the completions of another. */
  readonly owner: object;
}

/** Does work for which the chat gives way. */
type GoFirst = <T>(work: () => Promise<T>) => Promise<T>;

/** How a request has come. */
interface Arrival {
  /** By `performance.now()`. */
  readonly arrived: number;
  /** Aborted when a newer request comes. */
  readonly own: AbortSignal;
  /** Aborted then, and when nobody waits any more. */
  readonly ended: AbortSignal;
  readonly goFirst: GoFirst;
}

interface Preparation {
  readonly anchor?: 'kept' | 'moved';
  readonly passages?: boolean;
}

/** For what the cache was begun, and the place that was asked about last. */
interface Begun extends Pick<CompletionRequest, 'owner'> {
  readonly context: CompletionContext;
  readonly repository: string;
  readonly framing: Framing;
  readonly place: CompletionPlace;
}

/** A place at which something is to be written, and for whom. */
interface Task extends Pick<Begun, 'context' | 'framing' | 'place'> {
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
  readonly #passages = new WeakMap<object, readonly Passage[]>();
  #begun: Begun | undefined;
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

  /** Tokens that were decoded in the context that is open now, for measuring. */
  get decodedTokens(): number {
    return this.#slot.context?.decodedTokens ?? 0;
  }

  /**
   * Suggests what to write at a place.
   *
   * @param signal nobody waits for the answer any more.
   * @throws EndlessError with the code of what is wrong with the model.
   */
  complete(request: CompletionRequest, signal: AbortSignal): Promise<CompletionResult> {
    const arrived = performance.now();
    const own = request.ahead ? this.#beginAhead() : this.#supersede();
    const ended = AbortSignal.any([signal, own]);
    const goFirst: GoFirst = request.ahead ? (work) => work() : (work) => this.#options.precedence.first(work);
    // While a model is loaded the chat need not wait.
    return this.#slot.context
      ? goFirst(() => this.#queue.run(() => this.#take(request, { arrived, own, ended, goFirst: (work) => work() })))
      : this.#queue.run(() => this.#take(request, { arrived, own, ended, goFirst }));
  }

  /** Lets the completions of a window see passages from other places, oldest first; they are read when nobody types. */
  show(owner: object, passages: readonly Passage[]): void {
    this.#passages.set(owner, passages);
    if (this.#begun?.owner === owner) this.#prepareLater('passages');
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

  async #take({ place, settings, ahead, owner }: CompletionRequest, { arrived, own, ended, goFirst }: Arrival): Promise<CompletionResult> {
    if (ended.aborted) return nothing('superseded');
    const wasOpen = this.#slot.context;
    const context = await this.#slot.enter(settings);
    if (typeof context === 'string') return nothing(context);
    const begun = this.#begunFor(context, owner, place);
    // What nobody waits for must not make the next key read everything again.
    const isStray = ahead && !begun?.framing.holdsAt(place);
    if (ended.aborted || isStray) return nothing('superseded');
    const { framing } = (this.#begun = begun ? { ...begun, ...(!ahead && { place }) } : await this.#begin(context, owner, place));
    // How long it took to load the model says nothing of how long the next answer takes.
    const task = { context, framing, place, begin: context === wasOpen ? arrived : performance.now(), signal: ended };
    const suggest = async (): Promise<CompletionResult> => {
      await context.keep(this.#passages.get(owner) ?? []);
      return this.#suggest(task);
    };
    if (ahead) return this.#decode(suggest);
    try {
      return await this.#decode(() => goFirst(suggest));
    } finally {
      if (!own.aborted) this.#prepareAfter(ended.aborted);
    }
  }

  #begunFor(context: CompletionContext, owner: object, { repository }: CompletionPlace): Begun | undefined {
    const begun = this.#begun;
    return begun?.context === context && begun.owner === owner && begun.repository === repository ? begun : undefined;
  }

  async #begin(context: CompletionContext, owner: object, place: CompletionPlace): Promise<Begun> {
    this.#begun = undefined;
    const { repository } = place;
    await this.#decode(() => context.begin(repository));
    return { context, owner, repository, place, framing: new Framing(context) };
  }

  async #suggest(task: Task): Promise<CompletionResult> {
    const { context, framing, place, begin, signal } = task;
    const { tokens, kept: frameKept } = framing.promptAt(place, 'kept');
    const extent = extentAt(place, place.explicit);
    const { exactTokens } = this.#options;
    const budgetMs = place.explicit ? TIME_BUDGET_MS.asked : TIME_BUDGET_MS.unasked;
    const written = await write(context, tokens, place, extent, { sampling: GREEDY, budgetMs, signal, exactTokens });
    const { text, firstTokenAt, ...counts } = written;
    const stats = { ...counts, frameKept, firstTokenMs: firstTokenAt - begin, totalMs: performance.now() - begin };
    if (signal.aborted) return { ...nothing('superseded'), stats };
    const suggested = polish(text, place, extent);
    const [best, ...alternatives] = place.explicit
      ? await this.#withAlternatives(suggested, task, tokens, extent)
      : [suggested].filter((some) => some !== '');
    if (best === undefined) return { ...nothing(text.trim() ? 'discarded' : 'silent'), stats };
    return { outcome: 'suggested', text: best, alternatives, stats };
  }

  /** What was suggested, and what else the model might write; the prompt is in the cache by now. */
  async #withAlternatives(
    suggested: string,
    { context, place, begin, signal }: Task,
    prompt: readonly Token[],
    extent: Extent,
  ): Promise<readonly string[]> {
    const found = new Set([suggested]);
    for (let seed = 1; seed <= MOST_TRIES && found.size <= MOST_ALTERNATIVES; seed++) {
      const budgetMs = begin + TIME_BUDGET_MS.asked - performance.now();
      if (signal.aborted || budgetMs <= 0) break;
      const { text } = await write(context, prompt, place, extent, { sampling: { ...VARIED, seed }, budgetMs, signal });
      const other = polish(text, place, extent);
      if (other !== '') found.add(other);
    }
    return [...found].filter((some) => some !== '');
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
      const begun = this.#begun;
      if (signal.aborted || !begun || begun.context !== this.#slot.context) return;
      const { context, framing, place, owner } = begun;
      await this.#decode(async () => {
        const { tokens } = framing.promptAt(place, anchor);
        if (passages) await context.cache.hold(context.fitting(this.#passages.get(owner) ?? [], tokens.length), signal);
        await context.cache.prefill(tokens, context.reserve, signal);
      }).catch((error: unknown) => {
        if (!signal.aborted) this.#options.load.log('warn', `completions could not be prepared: ${String(error)}`);
      });
    });
  }

  /** @param isOver whether a key ended the request: what it had not read yet, the next one would have to. */
  #prepareAfter(isOver: boolean): void {
    if (isOver) void this.prepare({ anchor: 'kept', passages: false });
    this.#prepareLater('anchor');
    this.#prepareLater('passages');
  }

  #prepareLater(what: 'anchor' | 'passages'): void {
    const passages = what === 'passages';
    const ms = passages ? Math.max(CALM_MS, (this.#slot.context?.cache.readingMs ?? 0) * CALM_FOR_READING) : IDLE_MS;
    this.#timers.add(setTimeout(() => void this.prepare({ passages }), ms).unref());
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
