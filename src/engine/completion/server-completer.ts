import { EndlessError } from '../../shared/errors.ts';
import type { CompletionPlace, CompletionResult, CompletionSettings, Passage } from '../../shared/protocol/completion.ts';
import { reachServer } from '../model/remote/served-model.ts';
import type { ServerAccess } from '../model/remote/server-access.ts';
import { mayHaveChanged } from '../model/remote/server-errors.ts';
import { estimateTokens } from '../model/remote/token-estimate.ts';
import type { CompletionRequest } from './completer.ts';
import { RETRY_MS } from './completion-slot.ts';
import { endOf, extentAt } from './extent.ts';
import { indentationAt } from './indentation.ts';
import { polish } from './polish.ts';
import { cannotFill, holeFiller, type FillHole, type Hole } from './server-infill.ts';
import { nothing, TIME_BUDGET_MS } from './suggestion.ts';
import { withoutHalfLine } from './write.ts';

/** Parts of the window, in characters of three to a token. */
const CHARS_PER_TOKEN = 3;
const PREFIX = 0.6;
const SUFFIX = 0.2;
const PASSAGES = 0.2;

/** A server that was reached, or could not be. */
interface Reached {
  readonly wish: string;
  readonly fill: FillHole | 'no-infill' | EndlessError;
  /** By `performance.now()`. */
  readonly at: number;
}

/** Suggests what to write at a place by asking a server. One request runs at a time, the newest one: it ends the one before. */
export class ServerCompleter {
  readonly #access: ServerAccess;
  readonly #retryMs: number;
  readonly #passages = new WeakMap<object, readonly Passage[]>();
  #reached: Reached | undefined;
  #running = new AbortController();
  #ahead = new AbortController();

  /** @param retryMs time after which a server that could not fill a hole is asked again, in milliseconds. */
  constructor(access: ServerAccess, retryMs = RETRY_MS) {
    this.#access = access;
    this.#retryMs = retryMs;
  }

  /**
   * Suggests what to write at a place.
   *
   * @param signal nobody waits for the answer any more.
   * @throws EndlessError with the code of what is wrong with the server.
   */
  async complete({ place, settings, ahead, owner }: CompletionRequest, signal: AbortSignal): Promise<CompletionResult> {
    const begin = performance.now();
    const ended = AbortSignal.any([signal, ahead ? this.#beginAhead() : this.#supersede()]);
    try {
      const fill = await this.#enter(settings, ended);
      if (fill === 'no-infill') return nothing(fill);
      return await this.#suggest(place, settings, this.#passages.get(owner) ?? [], { fill, begin, signal: ended });
    } catch (error) {
      if (ended.aborted) return nothing('superseded');
      if (mayHaveChanged(error)) this.#remember(settings, EndlessError.from(error));
      if (!cannotFill(error)) throw error;
      this.#remember(settings, 'no-infill');
      return nothing('no-infill');
    }
  }

  /** Lets the completions of a window see passages from other places, oldest first. */
  show(owner: object, passages: readonly Passage[]): void {
    this.#passages.set(owner, passages);
  }

  /** What is remembered of servers may be wrong now: a key was entered, say. */
  forget(): void {
    this.#reached = undefined;
  }

  close(): void {
    this.#supersede();
  }

  #supersede(): AbortSignal {
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

  /** A server that could not be reached, or cannot fill holes, is not tried again for a while: keys come faster than it fails. */
  async #enter(settings: CompletionSettings, signal: AbortSignal): Promise<FillHole | 'no-infill'> {
    const known = this.#known(settings);
    if (known instanceof EndlessError) throw known;
    if (known) return known;
    try {
      return this.#remember(settings, holeFiller(await reachServer(settings, this.#access, signal)));
    } catch (error) {
      if (!signal.aborted) this.#remember(settings, EndlessError.from(error));
      throw error;
    }
  }

  #known(settings: CompletionSettings): Reached['fill'] | undefined {
    if (this.#reached?.wish !== wishOf(settings)) return undefined;
    const { fill, at } = this.#reached;
    return typeof fill === 'function' || performance.now() - at < this.#retryMs ? fill : undefined;
  }

  #remember<F extends Reached['fill']>(settings: CompletionSettings, fill: F): F {
    this.#reached = { wish: wishOf(settings), fill, at: performance.now() };
    return fill;
  }

  async #suggest(
    place: CompletionPlace,
    { window }: CompletionSettings,
    passages: readonly Passage[],
    { fill, begin, signal }: { readonly fill: FillHole; readonly begin: number; readonly signal: AbortSignal },
  ): Promise<CompletionResult> {
    const extent = extentAt(place, place.explicit);
    const budgetMs = place.explicit ? TIME_BUDGET_MS.asked : TIME_BUDGET_MS.unasked;
    const reindent = indentationAt(place);
    const hole = holeAt(place, window * CHARS_PER_TOKEN, passages, extent.mostTokens);
    let [raw, generated, firstTokenAt, isWhole] = ['', 0, NaN, true];
    for await (const piece of fill(hole, signal)) {
      if (piece === '') continue;
      if (generated++ === 0) firstTokenAt = performance.now();
      raw += piece;
      if (endOf(reindent(raw), place, extent) !== undefined) break;
      isWhole = performance.now() - firstTokenAt <= budgetMs;
      if (!isWhole) break;
    }
    signal.throwIfAborted();
    const written = reindent(raw);
    const text = polish(isWhole && generated < extent.mostTokens ? written : withoutHalfLine(written), place, extent);
    const now = performance.now();
    const stats = {
      // How much of it the server had in a cache of its own is not known.
      reused: 0,
      evaluated: estimateTokens(hole.prefix) + estimateTokens(hole.suffix),
      generated,
      frameKept: false,
      firstTokenMs: (firstTokenAt || now) - begin,
      totalMs: now - begin,
    };
    if (text === '') return { ...nothing(raw.trim() ? 'discarded' : 'silent'), stats };
    return { outcome: 'suggested', text, alternatives: [], stats };
  }
}

/** What of a place is sent: whole lines of it, as far as they fit. */
function holeAt({ before, after }: CompletionPlace, chars: number, passages: readonly Passage[], most: number): Hole {
  const from = before.length - Math.floor(chars * PREFIX);
  const prefix = from <= 0 ? before : before.slice(before.indexOf('\n', from - 1) + 1 || from);
  let left = Math.floor(chars * PASSAGES);
  const fitting = passages.toReversed().filter(({ path, text }) => (left -= path.length + text.length) >= 0);
  return { prefix, suffix: after.slice(0, Math.floor(chars * SUFFIX)), passages: fitting.toReversed(), most };
}

function wishOf({ modelPath, window }: CompletionSettings): string {
  return JSON.stringify([modelPath, window]);
}
