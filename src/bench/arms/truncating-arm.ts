import type { Token } from 'node-llama-cpp';
import type { PastTurn } from '../../engine/conversation/dialogue.ts';
import { TokenDecoder } from '../../engine/conversation/token-decoder.ts';
import type { LoadedModel } from '../../engine/model/loaded-model.ts';
import { stopwatch, type Elapsed } from '../stopwatch.ts';
import { openArmContext, type ArmContext } from './arm-context.ts';
import { GREEDY, turnTimes, type ChatArm, type TurnCost } from './chat-arm.ts';

/** How much of the history goes when it no longer fits. */
export type Truncation = 'truncate-every-turn' | 'truncate-a-tenth';

/** Part of the window that leaves at once with `truncate-a-tenth`. */
const TENTH = 1 / 10;

/**
 * What assistants do that keep the history as text: the oldest turns are left out so that the prompt fits, and all
 * that follows the system prompt is processed again. Either no more than necessary goes, and then that happens every
 * turn, or a tenth of the window at once, and then it happens now and then. What has not changed at the beginning of
 * the prompt is never processed again.
 */
export class TruncatingArm implements ChatArm {
  readonly name: Truncation;
  readonly #loaded: LoadedModel;
  readonly #maxAnswerTokens: number;
  readonly #arm: ArmContext;
  #head: readonly Token[] = [];
  /** Turns as tokens, oldest first. */
  #history: readonly (readonly Token[])[] = [];

  private constructor(name: Truncation, loaded: LoadedModel, maxAnswerTokens: number, arm: ArmContext) {
    this.name = name;
    this.#loaded = loaded;
    this.#maxAnswerTokens = maxAnswerTokens;
    this.#arm = arm;
  }

  static async open(name: Truncation, loaded: LoadedModel, maxAnswerTokens: number): Promise<TruncatingArm> {
    return new TruncatingArm(name, loaded, maxAnswerTokens, await openArmContext(loaded, { window: loaded.facts.window }));
  }

  async begin(systemPrompt: string, past: readonly PastTurn[] = []): Promise<void> {
    const { chat } = this.#loaded;
    const { sequence } = this.#arm;
    this.#head = chat.head(systemPrompt);
    this.#history = past.map(
      ({ message, answer }, at) => chat.pastTurn(message, answer, at === 0 ? 'afterSystemPrompt' : 'afterTurn').tokens,
    );
    await sequence.clearHistory();
    await sequence.evaluateWithoutGeneratingNewTokens([...this.#head, ...this.#history.flat()]);
  }

  async dispose(): Promise<void> {
    await this.#arm.dispose();
  }

  async turn(message: string): Promise<TurnCost> {
    const { chat } = this.#loaded;
    const { sequence, decodes } = this.#arm;
    const before = decodes.decoded;
    const elapsed = stopwatch();
    const { tokens } = chat.message(message, this.#history.length === 0 ? 'afterSystemPrompt' : 'afterTurn');
    this.#truncateFor(tokens.length + this.#maxAnswerTokens + chat.close.length);
    let first: Elapsed | undefined;
    const decoder = new TokenDecoder((said, lastTokens) => this.#loaded.model.detokenize(said, false, lastTokens));
    const answer: Token[] = [];
    const prompt = [...this.#head, ...this.#history.flat(), ...tokens];
    for await (const token of sequence.evaluate(await this.#unprocessed(prompt), { temperature: GREEDY.temperature })) {
      answer.push(token);
      if (decoder.push(token)) first ??= elapsed();
      if (answer.length === this.#maxAnswerTokens) break;
    }
    const answered = elapsed();
    const turn = [...tokens, ...answer, ...chat.close];
    this.#history = [...this.#history, turn];
    return {
      ...turnTimes(first, answered),
      newTokens: turn.length,
      decoded: decodes.decoded - before,
      used: sequence.nextTokenIndex,
    };
  }

  #truncateFor(incoming: number): void {
    const excess = this.#head.length + this.#history.flat().length + incoming - this.#arm.window;
    if (excess <= 0) return;
    const wanted = this.name === 'truncate-a-tenth' ? Math.max(excess, this.#arm.window * TENTH) : excess;
    let dropped = 0;
    while (dropped < wanted && this.#history.length > 0) {
      dropped += this.#history[0]?.length ?? 0;
      this.#history = this.#history.slice(1);
    }
  }

  /** Cuts the cache off where it differs from the prompt, and returns what is left of that. */
  async #unprocessed(prompt: readonly Token[]): Promise<Token[]> {
    const { sequence } = this.#arm;
    const cached = sequence.contextTokens;
    const differs = cached.findIndex((token, at) => token !== prompt[at]);
    if (differs < 0) return prompt.slice(cached.length);
    await sequence.eraseContextTokenRanges([{ start: differs, end: cached.length }]);
    return prompt.slice(sequence.nextTokenIndex);
  }
}
