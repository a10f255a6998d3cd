import type { Dialogue } from '../../engine/conversation/dialogue.ts';
import { openDialogue } from '../../engine/conversation/open-dialogue.ts';
import type { LoadedModel } from '../../engine/model/loaded-model.ts';
import { GREEDY, type ChatArm, type TurnCost } from './chat-arm.ts';

/** Endless itself: the conversation and the cache of the product, without a process in between. */
export class StreamingArm implements ChatArm {
  readonly name = 'streaming';
  readonly #loaded: LoadedModel;
  readonly #maxAnswerTokens: number;
  #dialogue: Dialogue | undefined;
  #turns = 0;

  constructor(loaded: LoadedModel, maxAnswerTokens: number) {
    this.#loaded = loaded;
    this.#maxAnswerTokens = maxAnswerTokens;
  }

  async begin(systemPrompt: string): Promise<void> {
    this.#turns = 0;
    this.#dialogue = await openDialogue(this.#loaded, systemPrompt);
  }

  async turn(message: string): Promise<TurnCost> {
    if (!this.#dialogue) throw new Error('The conversation has not begun.');
    const { cache } = this.#dialogue;
    const before = { appended: cache.appendedTokens, decoded: cache.decodedTokens };
    const options = { sampling: { ...GREEDY, maxAnswerTokens: this.#maxAnswerTokens }, signal: new AbortController().signal };
    const started = performance.now();
    let first: number | undefined;
    for await (const text of this.#dialogue.answer(++this.#turns, message, options)) {
      if (text) first ??= performance.now();
    }
    const answered = performance.now();
    await this.#dialogue.settle();
    const settled = performance.now();
    return {
      newTokens: cache.appendedTokens - before.appended,
      decoded: cache.decodedTokens - before.decoded,
      firstTokenMs: (first ?? answered) - started,
      settleMs: settled - answered,
      turnMs: settled - started,
      used: cache.layout.used,
    };
  }
}
