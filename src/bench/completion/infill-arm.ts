import { LlamaCompletion, type LlamaContext } from 'node-llama-cpp';
import { frameAt, type Frame, type FrameLimits } from '../../engine/completion/frame.ts';
import { openContext } from '../../engine/model/role-context.ts';
import type { Weights } from '../../engine/model/weights.ts';
import type { CompletionPlace } from '../../shared/protocol/completion.ts';

/** `generateInfillCompletion` of the library: the common beginning of the prompt is reused, the text behind the cursor is read again. */
export class InfillArm {
  readonly #context: LlamaContext;
  readonly #completion: LlamaCompletion;
  readonly #limits: FrameLimits;
  #frame: Frame | undefined;

  private constructor(context: LlamaContext, completion: LlamaCompletion, limits: FrameLimits) {
    this.#context = context;
    this.#completion = completion;
    this.#limits = limits;
  }

  /** @param limits as much text as the product shows the model. */
  static async open(weights: Weights, window: number, limits: FrameLimits): Promise<InfillArm> {
    const { context, sequence } = await openContext(weights, { role: 'completion', tokens: window });
    return new InfillArm(context, new LlamaCompletion({ contextSequence: sequence }), limits);
  }

  /** The text before the cursor begins where it began at the key before, for as long as it may, so that its beginning is reused. */
  async complete(place: CompletionPlace, tokens: number): Promise<void> {
    const { before, after } = place;
    this.#frame = frameAt(place, this.#limits, this.#frame).frame;
    await this.#completion.generateInfillCompletion(before.slice(this.#frame.hidden.length), after.slice(0, this.#limits.suffix), {
      maxTokens: tokens,
      temperature: 0,
    });
  }

  dispose(): Promise<void> {
    return this.#context.dispose();
  }
}
