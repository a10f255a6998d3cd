import type { Dialogue } from '../../engine/conversation/dialogue.ts';
import type { PastTurn } from '../../engine/conversation/past-turns.ts';
import { openDialogue } from '../../engine/conversation/open-dialogue.ts';
import type { LoadedModel } from '../../engine/model/loaded-model.ts';
import { stopwatch, type Elapsed } from '../stopwatch.ts';
import { GREEDY, turnTimes, type ChatArm, type TurnCost } from './chat-arm.ts';

/**
 * Endless itself: the conversation and the cache of the product, without a process in between. With a model whose cache
 * cannot roll, that is `rebase`.
 */
export class StreamingArm implements ChatArm {
  readonly name: 'streaming' | 'rebase';
  readonly #loaded: LoadedModel;
  readonly #maxAnswerTokens: number;
  #dialogue: Dialogue | undefined;
  #turns = 0;

  constructor(loaded: LoadedModel, maxAnswerTokens: number) {
    this.name = loaded.facts.canShift ? 'streaming' : 'rebase';
    this.#loaded = loaded;
    this.#maxAnswerTokens = maxAnswerTokens;
  }

  async begin(systemPrompt: string, past: readonly PastTurn[] = []): Promise<void> {
    this.#turns = past.length;
    this.#dialogue = await openDialogue(this.#loaded, systemPrompt);
    await this.#dialogue.refill(past, () => undefined);
  }

  /** Its context is the model's own. */
  async dispose(): Promise<void> {
    this.#dialogue = undefined;
  }

  async turn(message: string): Promise<TurnCost> {
    if (!this.#dialogue) throw new Error('The conversation has not begun.');
    const { cache } = this.#dialogue;
    const before = { appended: cache.appendedTokens, decoded: cache.decodedTokens };
    const options = { sampling: { ...GREEDY, maxAnswerTokens: this.#maxAnswerTokens }, signal: new AbortController().signal };
    const elapsed = stopwatch();
    let first: Elapsed | undefined;
    for await (const text of this.#dialogue.answer(++this.#turns, message, options)) {
      if (text) first ??= elapsed();
    }
    const answered = elapsed();
    await this.#dialogue.settle();
    return {
      ...turnTimes(first, answered, elapsed()),
      newTokens: cache.appendedTokens - before.appended,
      decoded: cache.decodedTokens - before.decoded,
      used: cache.layout.used,
    };
  }
}
