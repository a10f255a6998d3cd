import type { Token } from 'node-llama-cpp';
import { PENALTY_WINDOW } from '../../engine/conversation/sampling.ts';
import type { LoadedModel } from '../../engine/model/loaded-model.ts';
import { openArmContext, type ArmContext } from '../arms/arm-context.ts';
import type { RoundArm, RoundSampling } from './round-arm.ts';

/** `sequence.evaluate` of the library and nothing around it. */
export class LibraryArm implements RoundArm {
  readonly #arm: ArmContext;
  readonly #sampling: RoundSampling;
  readonly #used: number;

  private constructor(arm: ArmContext, sampling: RoundSampling, used: number) {
    this.#arm = arm;
    this.#sampling = sampling;
    this.#used = used;
  }

  /** @param past what the cache holds before every answer. */
  static async open(loaded: LoadedModel, sampling: RoundSampling, past: readonly Token[]): Promise<LibraryArm> {
    const arm = await openArmContext(loaded, { window: loaded.facts.window });
    await arm.sequence.evaluateWithoutGeneratingNewTokens([...past]);
    return new LibraryArm(arm, sampling, past.length);
  }

  async answer(message: readonly Token[], drawnTokens: number): ReturnType<RoundArm['answer']> {
    const { sequence } = this.#arm;
    const { penalty, ...sampling } = this.#sampling;
    const drawn: Token[] = [];
    const repeatPenalty = { penalty, punishTokens: () => drawn.slice(-PENALTY_WINDOW) };
    const began = performance.now();
    for await (const token of sequence.evaluate([...message], { ...sampling, repeatPenalty, yieldEogToken: true })) {
      if (drawn.push(token) >= drawnTokens) break;
    }
    const ms = performance.now() - began;
    await sequence.eraseContextTokenRanges([{ start: this.#used, end: sequence.nextTokenIndex }]);
    return { drawn, ms };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#arm.dispose();
  }
}
