import { LlamaChatSession, type LlamaContext, type LlamaContextSequence } from 'node-llama-cpp';
import { DecodeCounter } from '../../engine/cache/decode-counter.ts';
import type { LoadedModel } from '../../engine/model/loaded-model.ts';
import { GREEDY, type ChatArm, type TurnCost } from './chat-arm.ts';

/**
 * The conversation that node-llama-cpp brings along, as its manual shows it: it renders the whole history every turn,
 * reuses the common prefix, and drops from the oldest answers when the context is full.
 */
export class ChatSessionArm implements ChatArm {
  readonly name = 'LlamaChatSession';
  readonly #loaded: LoadedModel;
  readonly #maxAnswerTokens: number;
  readonly #decodes: DecodeCounter;
  readonly #sequence: LlamaContextSequence;
  #session: LlamaChatSession | undefined;
  #turns = 0;

  private constructor(loaded: LoadedModel, maxAnswerTokens: number, decodes: DecodeCounter, context: LlamaContext) {
    this.#loaded = loaded;
    this.#maxAnswerTokens = maxAnswerTokens;
    this.#decodes = decodes;
    this.#sequence = context.getSequence();
  }

  /** Gives it a context of its own with the same window and threads. */
  static async open(loaded: LoadedModel, maxAnswerTokens: number): Promise<ChatSessionArm> {
    const decodes = new DecodeCounter();
    const context = await loaded.model.createContext({
      contextSize: loaded.facts.window,
      sequences: 1,
      threads: loaded.facts.threads,
      batching: { itemPrioritizationStrategy: decodes.strategy },
    });
    return new ChatSessionArm(loaded, maxAnswerTokens, decodes, context);
  }

  async begin(systemPrompt: string): Promise<void> {
    await this.#sequence.clearHistory();
    this.#turns = 0;
    this.#session = new LlamaChatSession({ contextSequence: this.#sequence, systemPrompt });
  }

  async turn(message: string): Promise<TurnCost> {
    if (!this.#session) throw new Error('The conversation has not begun.');
    const before = this.#decodes.decoded;
    const started = performance.now();
    let first: number | undefined;
    let answerTokens = 0;
    await this.#session.prompt(message, {
      ...GREEDY,
      repeatPenalty: false,
      maxTokens: this.#maxAnswerTokens,
      onTextChunk: (text) => {
        if (text) first ??= performance.now();
      },
      onToken: (tokens) => (answerTokens += tokens.length),
    });
    const answered = performance.now();
    const position = this.#turns++ === 0 ? 'afterSystemPrompt' : 'afterTurn';
    const { chat } = this.#loaded;
    return {
      newTokens: chat.message(message, position).tokens.length + answerTokens + chat.close.length,
      decoded: this.#decodes.decoded - before,
      firstTokenMs: (first ?? answered) - started,
      settleMs: 0,
      turnMs: answered - started,
      used: this.#sequence.nextTokenIndex,
    };
  }
}
