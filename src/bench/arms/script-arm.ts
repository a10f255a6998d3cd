import type { Token } from 'node-llama-cpp';
import type { PastTurn } from '../../engine/conversation/past-turns.ts';
import { CHUNK } from '../../engine/conversation/open-dialogue.ts';
import { TokenDecoder } from '../../engine/conversation/token-decoder.ts';
import type { LoadedModel } from '../../engine/model/loaded-model.ts';
import { stopwatch, type Elapsed } from '../stopwatch.ts';
import { openArmContext, type ArmContext } from './arm-context.ts';
import { GREEDY, turnTimes, type ChatArm, type TurnCost } from './chat-arm.ts';
import type { Prefill } from './fastest-prefill.ts';

/** How room is made when the history no longer fits. */
interface WayOfMakingRoom {
  /** Part of the window that leaves at once; no more than necessary if 0. */
  readonly part: number;
  /** Whether what is left rolls up in the cache, or is processed again. */
  readonly rolls: boolean;
}

const WAYS = {
  'truncate-every-turn': { part: 0, rolls: false },
  'truncate-a-tenth': { part: 1 / 10, rolls: false },
  'rolling-script': { part: CHUNK, rolls: true },
} as const satisfies Record<string, WayOfMakingRoom>;

export type ScriptName = keyof typeof WAYS;

/**
 * A conversation as a plain script over a sequence of the library holds it: the history is kept as tokens, and its
 * oldest turns are left out so that the prompt fits. What has not changed at the beginning of the prompt is never
 * processed again.
 *
 * Truncating is what assistants do. All that follows the system prompt is then processed again, every turn if no more
 * than necessary goes, now and then if a tenth of the window goes at once. The rolling script erases the same turns
 * from the cache instead.
 */
export class ScriptArm implements ChatArm {
  readonly name: ScriptName;
  readonly #way: WayOfMakingRoom;
  readonly #loaded: LoadedModel;
  readonly #maxAnswerTokens: number;
  readonly #arm: ArmContext;
  #head: readonly Token[] = [];
  /** Turns as tokens, oldest first. */
  #history: readonly (readonly Token[])[] = [];

  private constructor(name: ScriptName, loaded: LoadedModel, maxAnswerTokens: number, arm: ArmContext) {
    this.name = name;
    this.#way = WAYS[name];
    this.#loaded = loaded;
    this.#maxAnswerTokens = maxAnswerTokens;
    this.#arm = arm;
  }

  /** @param prefill how a long prompt is decoded; as in the product if not given. */
  static async open(name: ScriptName, loaded: LoadedModel, maxAnswerTokens: number, prefill?: Prefill): Promise<ScriptArm> {
    return new ScriptArm(name, loaded, maxAnswerTokens, await openArmContext(loaded, { window: loaded.facts.window, ...prefill }));
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
    await this.#makeRoom(tokens.length + this.#maxAnswerTokens + chat.close.length);
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

  async #makeRoom(incoming: number): Promise<void> {
    const excess = this.#head.length + this.#history.flat().length + incoming - this.#arm.window;
    if (excess <= 0) return;
    const wanted = Math.max(excess, this.#arm.window * this.#way.part);
    let dropped = 0;
    while (dropped < wanted && this.#history.length > 0) {
      dropped += this.#history[0]?.length ?? 0;
      this.#history = this.#history.slice(1);
    }
    const start = this.#head.length;
    if (this.#way.rolls) await this.#arm.sequence.eraseContextTokenRanges([{ start, end: start + dropped }]);
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
