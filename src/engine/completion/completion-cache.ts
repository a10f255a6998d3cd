import type { SequenceEvaluateOptions, Token } from 'node-llama-cpp';
import { KvCache } from '../cache/kv-cache.ts';
import { densePolicy } from '../cache/policy.ts';
import type { RoleContext } from '../model/role-context.ts';

/** Tokens of a passage from another place, which stands before the frame. */
export interface HeldPassage {
  /** From 1 on, and never used again for another text. */
  readonly id: number;
  readonly tokens: readonly Token[];
}

export interface CompletionCacheOptions {
  /** Tokens the cache may hold. */
  readonly capacity: number;
  /** Whether keys may be moved; if not, what stands behind a gap is computed again. */
  readonly canShift: boolean;
  /** What stands before everything else and never leaves. */
  readonly head: readonly Token[];
}

/** What a request found in the cache, in tokens. */
export interface Reuse {
  readonly reused: number;
  readonly evaluated: number;
}

/** The turn in which the frame stands: behind all passages, whose turns have their ids. */
const FRAME = 0;

/**
 * The cache of completions: the head, passages in the order in which they came, and behind them the prompt, which begins
 * with what changes least. What a prompt has in common with the one before, from its beginning on, is never evaluated
 * again, nor is what the model itself wrote and the user then typed. A passage that leaves is erased, and all that stands
 * behind it moves up.
 */
export class CompletionCache {
  readonly #cache: KvCache;
  readonly #head: readonly Token[];
  #held: readonly number[] = [];
  /** Tokens behind the passages: the prompt, and what was generated. */
  #tail: readonly Token[] = [];

  constructor({ sequence, decodes }: RoleContext, { capacity, canShift, head }: CompletionCacheOptions) {
    const policy = densePolicy(canShift ? 'shift' : 'recompute');
    this.#cache = new KvCache(sequence, { capacity, policy, decodes, ahead: 0, isHurried: () => true });
    this.#head = head;
  }

  /** Tokens decoded natively since the cache was made. */
  get decodedTokens(): number {
    return this.#cache.decodedTokens;
  }

  /** About how long it would take to read the prompt again, in milliseconds; 0 while nothing was read. */
  get readingMs(): number {
    return this.#cache.msPerToken * this.#tail.length;
  }

  /** Ids of the passages that are in the cache, oldest first. */
  get held(): readonly number[] {
    return this.#held;
  }

  /** Tokens for passages and prompt together. */
  get capacity(): number {
    return this.#cache.layout.window - this.#head.length;
  }

  /** Lets all passages go but these. */
  async keep(ids: ReadonlySet<number>): Promise<void> {
    for (const id of this.#held) if (!ids.has(id)) await this.#drop(id);
  }

  /**
   * Makes the passages those that the cache holds: others leave, new ones enter behind those that are there. What stands
   * behind the passages is given up for new ones, so this is for when nobody waits.
   *
   * @throws the signal's reason between two slices, with some of the new ones in the cache.
   */
  async hold(passages: readonly HeldPassage[], signal: AbortSignal): Promise<void> {
    await this.keep(new Set(passages.map(({ id }) => id)));
    const entering = passages.filter(({ id }) => !this.#held.includes(id));
    if (entering.length === 0) return;
    await this.#cut(0);
    await this.#cache.forget(FRAME);
    await this.#begin();
    for (const { id, tokens } of entering) {
      signal.throwIfAborted();
      this.#cache.open({ kind: 'turn', turnId: id, header: 0 });
      this.#held = [...this.#held, id];
      await this.#cache.append(tokens, { signal }).catch(async (error: unknown) => {
        await this.#drop(id);
        throw error;
      });
    }
  }

  /**
   * Evaluates the prompt as far as it is new, for a request that is expected.
   *
   * @throws the signal's reason between two slices, with what was done by then in the cache.
   */
  async prefill(prompt: readonly Token[], reserve: number, signal: AbortSignal): Promise<Reuse> {
    const reused = await this.#align(prompt, prompt.length, reserve);
    try {
      await this.#cache.append(prompt.slice(reused), { signal });
    } finally {
      this.#remember(prompt);
    }
    return { reused, evaluated: prompt.length - reused };
  }

  /**
   * Evaluates the prompt as far as it is new, and goes on with what the model says, until the consumer stops asking.
   *
   * @param reserve most tokens that will be asked for.
   * @param onReuse is told what there is to do before it is done.
   * @throws as `prefill`.
   */
  async *generate(
    prompt: readonly Token[],
    reserve: number,
    sampling: SequenceEvaluateOptions,
    signal: AbortSignal,
    onReuse: (reuse: Reuse) => void,
  ): AsyncGenerator<Token, void, undefined> {
    // The last token is evaluated in any case: what comes next is read off it.
    const reused = await this.#align(prompt, prompt.length - 1, reserve);
    onReuse({ reused, evaluated: prompt.length - reused });
    const said: Token[] = [];
    try {
      for await (const token of this.#cache.generate(prompt.slice(reused), sampling, { signal })) {
        said.push(token);
        yield token;
        if (said.length === reserve) return;
      }
    } finally {
      this.#remember([...prompt, ...said]);
    }
  }

  /** Cuts off what the prompt does not go on with, and makes room for the rest of it. */
  async #align(prompt: readonly Token[], most: number, reserve: number): Promise<number> {
    await this.#begin();
    const common = Math.min(most, commonLength(this.#tail, prompt));
    await this.#cut(common);
    const incoming = prompt.length - common + reserve;
    for (const id of this.#held) {
      const { window, used } = this.#cache.layout;
      if (window - used >= incoming) break;
      await this.#drop(id);
    }
    if (this.#cache.layout.segments.at(-1)?.turnId !== FRAME) this.#cache.open({ kind: 'turn', turnId: FRAME, header: 0 });
    return common;
  }

  async #begin(): Promise<void> {
    if (this.#head.length === 0 || this.#cache.layout.used > 0) return;
    this.#cache.open({ kind: 'sink', header: this.#head.length });
    await this.#cache.append(this.#head);
  }

  async #drop(id: number): Promise<void> {
    this.#held = this.#held.filter((other) => other !== id);
    await this.#cache.forget(id);
  }

  async #cut(tokens: number): Promise<void> {
    const leaving = this.#tail.length - tokens;
    this.#tail = this.#tail.slice(0, tokens);
    await this.#cache.cut(leaving);
  }

  /** What was generated last is not in the cache yet, and after an abort a part of the prompt is not. */
  #remember(tokens: readonly Token[]): void {
    const { segments } = this.#cache.layout;
    const frame = segments.find(({ turnId }) => turnId === FRAME);
    this.#tail = tokens.slice(0, frame?.tokens ?? 0);
  }
}

function commonLength(one: readonly Token[], other: readonly Token[]): number {
  const end = Math.min(one.length, other.length);
  for (let at = 0; at < end; at++) if (one[at] !== other[at]) return at;
  return end;
}
