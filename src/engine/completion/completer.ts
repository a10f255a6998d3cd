import { EndlessError } from '../../shared/errors.ts';
import type { CompletionPlace, CompletionResult, CompletionSettings, Passage } from '../../shared/protocol/completion.ts';
import type { Precedence } from '../precedence.ts';
import { Queue } from '../queue.ts';
import type { CompletionContext } from './completion-context.ts';
import { CompletionSlot, type CompletionSlotOptions } from './completion-slot.ts';
import { Framing } from './framing.ts';
import { nothing, suggestAt, type Task } from './suggestion.ts';

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
  /** Whether nobody waits for it yet: it ends only others of its kind, is ended by any, and the chat does not wait for it. */
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
    const isOver = (): boolean => ended.aborted;
    if (isOver()) return nothing('superseded');
    const wasOpen = this.#slot.context;
    const context = await this.#slot.enter(settings);
    if (typeof context === 'string') return nothing(context);
    const known = this.#begunFor(context, owner, place);
    // What nobody waits for must not make the next key read everything again.
    const isStray = ahead && !known?.framing.holdsAt(place);
    if (isOver() || isStray) return nothing('superseded');
    const begun = known ?? (await this.#begin(context, owner, place));
    this.#begun = ahead ? begun : { ...begun, place };
    const { framing } = begun;
    // How long it took to load the model says nothing of how long the next answer takes.
    const task: Task = { context, framing, place, begin: context === wasOpen ? arrived : performance.now(), signal: ended };
    const suggest = async (): Promise<CompletionResult> => {
      await context.keep(this.#passages.get(owner) ?? []);
      return suggestAt(task, this.#options.exactTokens);
    };
    if (ahead) return this.#decode(suggest);
    try {
      return await this.#decode(() => goFirst(suggest));
    } finally {
      if (!own.aborted) this.#prepareAfter(isOver());
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
