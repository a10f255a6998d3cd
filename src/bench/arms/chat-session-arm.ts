import { LlamaChatSession, type ChatHistoryItem } from 'node-llama-cpp';
import type { PastTurn } from '../../engine/conversation/past-turns.ts';
import type { LoadedModel } from '../../engine/model/loaded-model.ts';
import { stopwatch, type Elapsed } from '../stopwatch.ts';
import { openArmContext, type ArmContext } from './arm-context.ts';
import { GREEDY, turnTimes, type ChatArm, type TurnCost } from './chat-arm.ts';
import type { Prefill } from './fastest-prefill.ts';

/**
 * The conversation that node-llama-cpp brings along, as its manual shows it: it renders the whole history every turn,
 * reuses the common prefix, and drops from the oldest answers when the context is full.
 */
export class ChatSessionArm implements ChatArm {
  readonly name = 'LlamaChatSession';
  readonly #loaded: LoadedModel;
  readonly #maxAnswerTokens: number;
  readonly #arm: ArmContext;
  #session: LlamaChatSession | undefined;
  #turns = 0;

  private constructor(loaded: LoadedModel, maxAnswerTokens: number, arm: ArmContext) {
    this.#loaded = loaded;
    this.#maxAnswerTokens = maxAnswerTokens;
    this.#arm = arm;
  }

  /** @param prefill how a long prompt is decoded; as in the product if not given. */
  static async open(loaded: LoadedModel, maxAnswerTokens: number, prefill?: Prefill): Promise<ChatSessionArm> {
    return new ChatSessionArm(loaded, maxAnswerTokens, await openArmContext(loaded, { window: loaded.facts.window, ...prefill }));
  }

  async begin(systemPrompt: string, past: readonly PastTurn[] = []): Promise<void> {
    const { sequence } = this.#arm;
    await sequence.clearHistory();
    this.#turns = past.length;
    this.#session = new LlamaChatSession({ contextSequence: sequence, systemPrompt });
    if (past.length === 0) return;
    const turns = past.flatMap(({ message, answer }): ChatHistoryItem[] => [
      { type: 'user', text: message },
      { type: 'model', response: [answer] },
    ]);
    this.#session.setChatHistory([...this.#session.getChatHistory(), ...turns]);
    await this.#session.preloadPrompt('');
  }

  async dispose(): Promise<void> {
    await this.#arm.dispose();
  }

  async turn(message: string): Promise<TurnCost> {
    if (!this.#session) throw new Error('The conversation has not begun.');
    const { sequence, decodes } = this.#arm;
    const before = decodes.decoded;
    const elapsed = stopwatch();
    let first: Elapsed | undefined;
    let answerTokens = 0;
    await this.#session.prompt(message, {
      ...GREEDY,
      repeatPenalty: false,
      maxTokens: this.#maxAnswerTokens,
      onTextChunk: (text) => {
        if (text) first ??= elapsed();
      },
      onToken: (tokens) => (answerTokens += tokens.length),
    });
    const answered = elapsed();
    const position = this.#turns++ === 0 ? 'afterSystemPrompt' : 'afterTurn';
    const { chat } = this.#loaded;
    return {
      ...turnTimes(first, answered),
      newTokens: chat.message(message, position).tokens.length + answerTokens + chat.close.length,
      decoded: decodes.decoded - before,
      used: sequence.nextTokenIndex,
    };
  }
}
