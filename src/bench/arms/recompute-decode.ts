import type { Token } from 'node-llama-cpp';
import type { LoadedModel } from '../../engine/model/loaded-model.ts';
import { stopwatch } from '../stopwatch.ts';
import { openArmContext, type ArmContext, type ArmContextOptions } from './arm-context.ts';
import { UNENDING, type DecodeArm, type Step } from './decode-arm.ts';

/** A batch that suits processors better than a large one does: attention then leaves out what lies behind it. */
const MODERATE_BATCH = 512;

/**
 * Sliding window with re-computation: for every token the last `window` ones are decoded anew, in as few batches as
 * are fastest, with logits for the last one only.
 */
export class RecomputeDecode implements DecodeArm {
  readonly #arm: ArmContext;
  readonly #text: Token[];
  readonly batchSize: number;

  private constructor(arm: ArmContext, batchSize: number, text: readonly Token[]) {
    this.#arm = arm;
    this.batchSize = batchSize;
    this.#text = [...text];
  }

  /** Tries the whole window as one batch and moderate ones, and goes on with what was faster. */
  static async fastest(loaded: LoadedModel, text: readonly Token[], options: ArmContextOptions): Promise<RecomputeDecode> {
    const { window } = options;
    const open = async (batchSize: number): Promise<RecomputeDecode> =>
      new RecomputeDecode(await openArmContext(loaded, { ...options, batchSize }), batchSize, text.slice(0, window));
    // Where the processor does the work, its own time tells more than the clock of a machine that others use, too.
    const measure = loaded.facts.backend === 'cpu' ? 'cpuMs' : 'ms';
    let best = { batchSize: window, cost: Infinity };
    if (window > MODERATE_BATCH) {
      for (const batchSize of [MODERATE_BATCH, window]) {
        await using arm = await open(batchSize);
        const { [measure]: cost } = await arm.step();
        if (cost < best.cost) best = { batchSize, cost };
      }
    }
    return open(best.batchSize);
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
