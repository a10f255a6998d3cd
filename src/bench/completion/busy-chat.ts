import type { Token } from 'node-llama-cpp';
import { KvCache } from '../../engine/cache/kv-cache.ts';
import { streamingPolicy } from '../../engine/cache/policy.ts';
import { openContext, type RoleContext } from '../../engine/model/role-context.ts';
import type { Weights } from '../../engine/model/weights.ts';
import type { Precedence } from '../../engine/precedence.ts';

export type ChatWork = 'idle' | 'generating' | 'prefilling';

/** Tokens of a long message. */
const MESSAGE = 2_000;
const PROMPT = 64;
const CHUNK = 1 / 8;

/** A chat beside the completions, on the same model, that does one thing over and over until it is told to stop. */
export class BusyChat {
  readonly #role: RoleContext;
  readonly #precedence: Precedence;
  readonly #tokens: readonly Token[];
  readonly #window: number;
  #steps = 0;

  private constructor(role: RoleContext, precedence: Precedence, tokens: readonly Token[], window: number) {
    this.#role = role;
    this.#precedence = precedence;
    this.#tokens = tokens;
    this.#window = window;
  }

  /** @param text at least a message long. */
  static async open(weights: Weights, precedence: Precedence, text: string): Promise<BusyChat> {
    const window = weights.window;
    const tokens = weights.model.tokenize(text, false, 'trimLeadingSpace').slice(0, Math.min(MESSAGE, Math.floor(window / 2)));
    return new BusyChat(await openContext(weights, { role: 'chat', tokens: window }), precedence, tokens, window);
  }

  /** Slices that were read and tokens that were generated, of all that it ever did. */
  get steps(): number {
    return this.#steps;
  }

  /** Works until it is told to stop; how long it then took to end, in milliseconds. */
  async work(kind: ChatWork, signal: AbortSignal): Promise<number> {
    if (kind === 'idle') return 0;
    const { sequence, decodes } = this.#role;
    await sequence.clearHistory();
    const policy = streamingPolicy(Math.ceil(this.#window * CHUNK));
    const { giveWay, isRecent: isHurried } = this.#precedence;
    const cache = new KvCache(sequence, { capacity: this.#window, policy, decodes, ahead: 0, giveWay, isHurried });
    let stopped = 0;
    signal.addEventListener('abort', () => (stopped = performance.now()));
    try {
      cache.open({ kind: 'sink', header: PROMPT });
      await cache.append(this.#tokens.slice(0, PROMPT), { signal });
      for (let turnId = 1; !signal.aborted; turnId++) {
        cache.open({ kind: 'turn', turnId, header: 0 });
        if (kind === 'generating') await this.#generate(cache, signal);
        else await cache.append(this.#tokens, { signal, onProgress: () => this.#steps++ });
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
    return performance.now() - stopped;
  }

  dispose(): Promise<void> {
    return this.#role.context.dispose();
  }

  async #generate(cache: KvCache, signal: AbortSignal): Promise<void> {
    const stream = cache.generate(this.#tokens.slice(0, PROMPT), { temperature: 1 }, { signal });
    while (!signal.aborted && !(await stream.next()).done) this.#steps++;
    await stream.return();
  }
}
