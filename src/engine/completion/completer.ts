import type { Token } from 'node-llama-cpp';
import { EndlessError } from '../../shared/errors.ts';
import type { CompletionOutcome, CompletionPlace, CompletionResult, CompletionSettings, Passage } from '../../shared/protocol.ts';
import { TokenDecoder } from '../conversation/token-decoder.ts';
import type { ModelSlot } from '../model/model-slot.ts';
import type { LoadOptions, LoadSettings } from '../model/weights.ts';
import type { Precedence } from '../precedence.ts';
import { Queue } from '../queue.ts';
import { CompletionContext } from './completion-context.ts';
import { endOf, extentAt, type Extent } from './extent.ts';
import { anchoredAt, frameAt, type Frame } from './frame.ts';
import { indentationAt } from './indentation.ts';
import { polish } from './polish.ts';

/** How long may be generated, in milliseconds: who types does not wait for more. */
const TIME_BUDGET_MS = { unasked: 1500, asked: 6000 } as const;

/** Nobody has typed for so long: time to prepare what comes next, in milliseconds. */
const IDLE_MS = 700;

const GREEDY = { temperature: 0 } as const;

export interface CompleterOptions {
  /** The model of the chat, on which completions stand, too, unless they have one of their own. */
  readonly chatModel: ModelSlot;
  readonly ownModel: ModelSlot;
  readonly precedence: Precedence;
  readonly load: Pick<LoadOptions, 'log' | 'confirmShift'>;
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
  #context: CompletionContext | undefined;
  #contextFor = '';
  #frame: Frame | undefined;
  #place: CompletionPlace | undefined;
  #passages: readonly Passage[] = [];
  #running = new AbortController();
  /** Work on the context that has been begun; it ends soon after `#running` is aborted. */
  #decoding: Promise<unknown> = Promise.resolve();
  readonly #queue = new Queue();
  #idle: NodeJS.Timeout | undefined;

  constructor(options: CompleterOptions) {
    this.#options = options;
    for (const slot of [options.chatModel, options.ownModel]) slot.beforeUnload(() => this.#leave(slot));
  }

  /**
   * @param signal nobody waits for the answer any more.
   * @throws EndlessError with the code of what is wrong with the model.
   */
  complete({ place, settings, passages }: CompletionRequest, signal: AbortSignal): Promise<CompletionResult> {
    const arrived = performance.now();
    const abort = this.#supersede();
    const ended = AbortSignal.any([signal, abort.signal]);
    return this.#queue.run(async () => {
      if (ended.aborted) return nothing('superseded');
      const context = await this.#enter(settings);
      if (typeof context === 'string') return nothing(context);
      [this.#place, this.#passages] = [place, passages];
      try {
        return await this.#decode(() => this.#options.precedence.first(() => this.#suggest(context, place, arrived, ended)));
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
  #supersede(): AbortController {
    clearTimeout(this.#idle);
    this.#running.abort();
    this.#running = new AbortController();
    return this.#running;
  }

  async #suggest(context: CompletionContext, place: CompletionPlace, arrived: number, signal: AbortSignal): Promise<CompletionResult> {
    const extent = extentAt(place, place.explicit);
    try {
      const { text, stats } = await this.#write(context, place, extent, arrived, signal);
      if (signal.aborted) return { ...nothing('superseded'), stats };
      const suggested = polish(text, place, extent);
      const outcome = suggested ? 'suggested' : text.trim() ? 'discarded' : 'silent';
      return { outcome, text: suggested, stats };
    } catch (error) {
      if (signal.aborted && !(error instanceof EndlessError)) return nothing('superseded');
      throw error;
    }
  }

  async #write(context: CompletionContext, place: CompletionPlace, extent: Extent, arrived: number, signal: AbortSignal): Promise<Written> {
    const prompt = this.#framed(context, place, true);
    const { model } = context.weights;
    const reindent = indentationAt(place);
    const decoder = new TokenDecoder((tokens, lastTokens) => model.detokenize(tokens, false, lastTokens));
    const { exactTokens } = this.#options;
    const most = exactTokens ?? Math.min(extent.mostTokens, context.reserve);
    const since = (): number => performance.now() - arrived;
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
      const tokens = [...context.format.frame(frame.prefix, frame.suffix), ...context.format.typed(typed)];
      if (tokens.length + context.reserve > context.cache.capacity) continue;
      this.#frame = frame;
      return { tokens, kept: framed.kept };
    }
    throw new EndlessError('internal', { reason: 'a frame without room' });
  }

  /** Reads new passages, and sets the anchor to where the cursor is, so that the next key has little to wait for. */
  async #prepare(context: CompletionContext, signal: AbortSignal): Promise<void> {
    await context.cache.hold(context.fitting(this.#passages), signal);
    const place = this.#place;
    if (!place) return;
    await context.cache.prefill(this.#framed(context, place, false).tokens, context.reserve, signal);
  }

  /** Prepares what comes next, which is else done when nobody has typed for a while. Newer requests end it. */
  prepare(): Promise<void> {
    const { signal } = this.#running;
    return this.#queue.run(async () => {
      const context = this.#context;
      if (signal.aborted || !context) return;
      await this.#decode(() => this.#prepare(context, signal)).catch((error: unknown) => {
        if (!signal.aborted) this.#options.load.log('warn', `completions could not be prepared: ${String(error)}`);
      });
    });
  }

  #prepareLater(): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => void this.prepare(), IDLE_MS).unref();
  }

  /** @returns the context for these settings, or why there is none. */
  async #enter(settings: CompletionSettings): Promise<CompletionContext | 'no-infill' | 'other-model'> {
    const { modelPath, gpu, threads, chatWindow, window } = settings;
    const wish = JSON.stringify(settings);
    if (this.#context && this.#contextFor === wish) return this.#context;
    await this.#close();
    const { chatModel, ownModel, load } = this.#options;
    const loading: LoadSettings = { modelPath, gpu, threads, window: chatWindow || window };
    const options: LoadOptions = { ...load, onProgress: () => undefined };
    const open = async (weights: Parameters<typeof CompletionContext.open>[0]): Promise<CompletionContext | 'no-infill'> =>
      (await CompletionContext.open(weights, window)) ?? 'no-infill';
    const opened = chatWindow > 0 ? await chatModel.share(loading, options, open) : await ownModel.open(loading, options, open);
    if (opened === undefined || opened === 'no-infill') return opened ?? 'other-model';
    this.#context = opened;
    this.#contextFor = wish;
    return opened;
  }

  async #close(): Promise<void> {
    const context = this.#context;
    this.#context = undefined;
    this.#frame = undefined;
    await context?.dispose();
  }

  /** The model goes, and the context on it. */
  async #leave(slot: ModelSlot): Promise<void> {
    if (!this.#context || !slot.holds(this.#context.weights)) return;
    this.#supersede();
    this.#context = undefined;
    this.#frame = undefined;
    await this.#decoding;
  }

  #decode<T>(work: () => Promise<T>): Promise<T> {
    const result = work();
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
