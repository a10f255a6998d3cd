import type { Token } from 'node-llama-cpp';
import type { LoadedModel } from '../../engine/model/loaded-model.ts';
import { stopwatch } from '../stopwatch.ts';
import { openArmContext, type ArmContext, type ArmContextOptions } from './arm-context.ts';
import { UNENDING, type DecodeArm, type Step } from './decode-arm.ts';

/** A batch that suits processors better than a large one does: attention then leaves out what lies behind it. */
const MODERATE_BATCH = 512;

/** How the window is decoded. */
export interface Prefill {
  readonly batchSize: number;
  readonly flashAttention: boolean;
}

/**
 * Sliding window with re-computation: for every token the last `window` ones are decoded anew with
 * its fastest prefill, and with logits for the last one only.
 */
export class RecomputeDecode implements DecodeArm {
  readonly #arm: ArmContext;
  readonly #text: Token[];
  readonly prefill: Prefill;

  private constructor(arm: ArmContext, prefill: Prefill, text: readonly Token[]) {
    this.#arm = arm;
    this.prefill = prefill;
    this.#text = [...text];
  }

  /** Tries flash attention, unless that is prescribed, then the window as one batch, and goes on with what was fastest. */
  static async fastest(loaded: LoadedModel, text: readonly Token[], options: ArmContextOptions): Promise<RecomputeDecode> {
    const open = async (prefill: Prefill): Promise<RecomputeDecode> =>
      new RecomputeDecode(await openArmContext(loaded, { ...options, ...prefill }), prefill, text.slice(0, options.window));
    let best = { batchSize: Math.min(options.window, MODERATE_BATCH), flashAttention: options.flashAttention ?? false };
    let least = Infinity;
    const consider = async (prefill: Prefill): Promise<void> => {
      await using arm = await open(prefill);
      const step = await arm.step();
      // Where the processor does the work, its own time tells more than the clock of a machine that others use, too.
      const cost = loaded.facts.backend === 'cpu' ? step.cpuMs : step.ms;
      if (cost < least) [best, least] = [prefill, cost];
    };
    await consider(best);
    if (options.flashAttention === undefined) await consider({ ...best, flashAttention: true });
    if (options.window > MODERATE_BATCH) await consider({ ...best, batchSize: options.window });
    return open(best);
  }

  async step(): Promise<Step> {
    const { sequence, decodes, window } = this.#arm;
    const before = decodes.decoded;
    const elapsed = stopwatch();
    await sequence.clearHistory();
    const stream = sequence.evaluate(this.#text.slice(-window), UNENDING);
    const { value } = await stream.next();
    const time = elapsed();
    await stream.return();
    if (value === undefined) throw new Error('The model has stopped.');
    this.#text.push(value);
    return { ...time, decoded: decodes.decoded - before };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#arm.dispose();
  }
}
