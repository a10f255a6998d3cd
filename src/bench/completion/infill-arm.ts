import { LlamaCompletion, type LlamaContext } from 'node-llama-cpp';
import type { FrameLimits } from '../../engine/completion/frame.ts';
import { openContext, type Weights } from '../../engine/model/weights.ts';
import type { CompletionPlace } from '../../shared/protocol.ts';

/** `generateInfillCompletion` of the library: the common beginning of the prompt is reused, the text behind the cursor is read again. */
export class InfillArm {
  readonly #context: LlamaContext;
  readonly #completion: LlamaCompletion;
  readonly #limits: FrameLimits;

  private constructor(context: LlamaContext, completion: LlamaCompletion, limits: FrameLimits) {
    this.#context = context;
    this.#completion = completion;
    this.#limits = limits;
  }

  /** @param limits as much text as the product shows the model. */
  static async open(weights: Weights, window: number, limits: FrameLimits): Promise<InfillArm> {
    const { context, sequence } = await openContext(weights, window);
    return new InfillArm(context, new LlamaCompletion({ contextSequence: sequence }), limits);
  }

  async complete({ before, after }: CompletionPlace, tokens: number): Promise<void> {
    const { prefix, typed, suffix } = this.#limits;
    await this.#completion.generateInfillCompletion(before.slice(-(prefix + typed)), after.slice(0, suffix), {
      maxTokens: tokens,
      temperature: 0,
    });
  }

  dispose(): Promise<void> {
    return this.#context.dispose();
  }
}
