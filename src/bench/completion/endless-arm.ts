import { Completer } from '../../engine/completion/completer.ts';
import { ModelSlot } from '../../engine/model/model-slot.ts';
import type { Weights } from '../../engine/model/weights.ts';
import { Precedence } from '../../engine/precedence.ts';
import type { Asking } from '../../shared/completion/suggester.ts';
import type { CompletionPlace, CompletionResult, CompletionSettings, Passage } from '../../shared/protocol/completion.ts';

const never = new AbortController().signal;

/** The completions of the product, without a process in between. */
export class EndlessArm {
  readonly precedence = new Precedence();
  readonly #slot = new ModelSlot();
  readonly #completer: Completer;
  readonly #settings: CompletionSettings;

  /** @param exactTokens so many tokens are generated for each request; as many as the place asks for if not given. */
  constructor(settings: CompletionSettings, exactTokens?: number) {
    this.#settings = settings;
    this.#completer = new Completer({
      chatModel: this.#slot,
      ownModel: new ModelSlot(),
      precedence: this.precedence,
      load: { log: () => undefined },
      ...(exactTokens !== undefined && { exactTokens }),
    });
  }

  /** The model that completions stand on, for others to open contexts on it. */
  weights(): Promise<Weights> {
    const { chatWindow, ...model } = this.#settings;
    const options = { log: () => undefined, onProgress: () => undefined };
    return this.#slot.open({ ...model, window: chatWindow }, options, (weights) => Promise.resolve(weights));
  }

  complete(place: CompletionPlace, { ahead, signal }: Asking = { ahead: false, signal: never }): Promise<CompletionResult> {
    return this.#completer.complete({ place, settings: this.#settings, ahead, owner: this }, signal);
  }

  /** Tokens that were decoded so far, those that were generated included. */
  get decodedTokens(): number {
    return this.#completer.decodedTokens;
  }

  /** What the model is to read besides, when nobody types. */
  tell(passages: readonly Passage[]): void {
    this.#completer.show(this, passages);
  }

  /** Lets the model read passages from other places, and what stands at this one. */
  async show(place: CompletionPlace, passages: readonly Passage[]): Promise<void> {
    this.tell(passages);
    await this.complete(place);
    await this.prepare();
  }

  /** What is done when nobody types. */
  prepare(): Promise<void> {
    return this.#completer.prepare();
  }

  async dispose(): Promise<void> {
    this.#completer.close();
    await this.#slot.unload();
  }
}
