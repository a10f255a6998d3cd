import type { Token } from 'node-llama-cpp';
import type { LoadedModel } from '../../engine/model/loaded-model.ts';
import { stopwatch } from '../stopwatch.ts';
import { openArmContext, type ArmContext, type ArmContextOptions } from './arm-context.ts';
import { UNENDING, type DecodeArm, type Step } from './decode-arm.ts';

/** Sliding window with re-computation: for every token the last `window` ones are decoded anew, with logits for the last one only. */
export class RecomputeDecode implements DecodeArm {
  readonly #arm: ArmContext;
  readonly #text: Token[];

  private constructor(arm: ArmContext, text: readonly Token[]) {
    this.#arm = arm;
    this.#text = [...text];
  }

  /** @param text at least as many tokens as the window. */
  static async open(loaded: LoadedModel, text: readonly Token[], options: ArmContextOptions): Promise<RecomputeDecode> {
    return new RecomputeDecode(await openArmContext(loaded, options), text.slice(0, options.window));
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
