import type { Token } from 'node-llama-cpp';
import type { LoadedModel } from '../../engine/model/loaded-model.ts';
import { openArmContext, type ArmContext } from '../arms/arm-context.ts';
import { PENALTY_WINDOW, type Round, type RoundArm, type RoundSampling } from './decode-round.ts';

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

  async answer({ answerTokens }: Round, tokens: readonly Token[]): Promise<number> {
    const { sequence } = this.#arm;
    const { penalty, ...sampling } = this.#sampling;
    const said: Token[] = [];
    const repeatPenalty = { penalty, punishTokens: () => said.slice(-PENALTY_WINDOW) };
    const began = performance.now();
    for await (const token of sequence.evaluate([...tokens], { ...sampling, repeatPenalty, yieldEogToken: true })) {
      if (said.push(token) === answerTokens) break;
    }
    const ms = performance.now() - began;
    await sequence.eraseContextTokenRanges([{ start: this.#used, end: sequence.nextTokenIndex }]);
    return ms;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#arm.dispose();
  }
}
