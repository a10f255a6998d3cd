import type { Token } from 'node-llama-cpp';
import type { Scoring } from '../../engine/cache/decoder.ts';
import type { KvCache } from '../../engine/cache/kv-cache.ts';

/** Most tokens that enter at once. */
const LARGEST_BATCH = 64;

/**
 * One unbroken text in a cache, without turns: its first tokens are the sinks, and the rest is a single long segment,
 * from whose beginning the policy evicts. Whatever the batch, the cache is filled to its last cell before anything
 * leaves, so every token sees what it would see if all were decoded one by one.
 */
export class TextStream {
  readonly #cache: KvCache;
  readonly #largest: number;

  private constructor(cache: KvCache, largest: number) {
    this.#cache = cache;
    this.#largest = largest;
  }

  /**
   * Begins with the tokens that are to stay.
   *
   * @param scoring of these tokens and of the one that follows them.
   */
  static async begin(
    cache: KvCache,
    sinks: readonly Token[],
    { largestBatch = LARGEST_BATCH, scoring }: { readonly largestBatch?: number; readonly scoring?: Scoring } = {},
  ): Promise<TextStream> {
    if (sinks.length > 0) {
      cache.open({ kind: 'sink', header: sinks.length });
      await cache.append(sinks, { scoring });
    }
    cache.open({ kind: 'turn', turnId: 1, header: 0 });
    return new TextStream(cache, largestBatch);
  }

  get cache(): KvCache {
    return this.#cache;
  }

  /** Appends tokens of which nothing needs to be known. */
  async append(tokens: readonly Token[]): Promise<void> {
    for await (const batch of this.#batches(tokens)) await this.#cache.append(batch.tokens);
  }

  /**
   * Appends tokens and yields, batch by batch, the log-probability of the one that comes after each.
   *
   * @param following comes after the last one.
   * @throws EndlessError `message-too-long` when the policy gives no more room.
   */
  async *score(tokens: readonly Token[], following?: Token): AsyncGenerator<readonly number[], void, undefined> {
    for await (const batch of this.#batches(tokens)) {
      const scores: number[] = [];
      const onScored = (values: readonly number[]): void => void scores.push(...values);
      await this.#cache.append(batch.tokens, { scoring: { onScored, following: batch.following ?? following } });
      yield scores;
    }
  }

  async *#batches(
    tokens: readonly Token[],
  ): AsyncGenerator<{ readonly tokens: readonly Token[]; readonly following: Token | undefined }, void, undefined> {
    for (let done = 0; done < tokens.length;) {
      await this.#cache.makeRoom(1);
      const { window, used } = this.#cache.layout;
      const end = Math.min(tokens.length, done + Math.min(window - used, this.#largest));
      yield { tokens: tokens.slice(done, end), following: tokens[end] };
      done = end;
    }
  }
}
