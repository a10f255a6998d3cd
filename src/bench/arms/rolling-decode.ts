import type { Token } from 'node-llama-cpp';
import { KvCache } from '../../engine/cache/kv-cache.ts';
import { streamingPolicy } from '../../engine/cache/policy.ts';
import type { LoadedModel } from '../../engine/model/loaded-model.ts';
import { stopwatch } from '../stopwatch.ts';
import { openArmContext, type ArmContext, type ArmContextOptions } from './arm-context.ts';
import { UNENDING, type DecodeArm, type Step } from './decode-arm.ts';

export interface RollingOptions extends ArmContextOptions {
  readonly sinks: number;
  /** Tokens evicted at once. */
  readonly chunk: number;
}

/** A step that evicts also rotates the keys that moved. */
export type RollingStep = Step & { readonly evicted: boolean };

/**
 * StreamingLLM, token by token: the cache of the product with its first tokens as sinks and one endless text behind
 * them, of which a chunk leaves whenever the cache is full.
 */
export class RollingDecode implements DecodeArm {
  readonly #arm: ArmContext;
  readonly #cache: KvCache;
  readonly #tokens: AsyncGenerator<Token, void, undefined>;
  #evictions = 0;

  private constructor(arm: ArmContext, last: readonly Token[], chunk: number) {
    this.#arm = arm;
    this.#cache = new KvCache(
      arm.sequence,
      { capacity: arm.window, policy: streamingPolicy(chunk), decodes: arm.decodes, ahead: 0 },
      { onEviction: () => this.#evictions++ },
    );
    this.#tokens = this.#cache.generate(last, UNENDING);
  }

  /** Fills the window with the first tokens of the text. */
  static async open(loaded: LoadedModel, text: readonly Token[], options: RollingOptions): Promise<RollingDecode> {
    const { window, sinks, chunk } = options;
    const arm = new RollingDecode(await openArmContext(loaded, options), text.slice(window - 1, window), chunk);
    arm.#cache.open({ kind: 'sink', header: sinks });
    await arm.#cache.append(text.slice(0, sinks));
    arm.#cache.open({ kind: 'turn', turnId: 1, header: 0 });
    await arm.#cache.append(text.slice(sinks, window - 1));
    return arm;
  }

  async step(): Promise<RollingStep> {
    const { decodes } = this.#arm;
    const before = { decoded: decodes.decoded, evictions: this.#evictions };
    const elapsed = stopwatch();
    const { done } = await this.#tokens.next();
    const time = elapsed();
    if (done) throw new Error('The model has stopped.');
    return { ...time, decoded: decodes.decoded - before.decoded, evicted: this.#evictions > before.evictions };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#tokens.return();
    await this.#arm.dispose();
  }
}
