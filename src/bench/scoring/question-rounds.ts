import type { Token } from 'node-llama-cpp';
import type { KvCache } from '../../engine/cache/kv-cache.ts';
import type { LoadedModel } from '../../engine/model/loaded-model.ts';
import type { Question } from '../corpus/questions.ts';
import { mean } from '../statistics.ts';

/** The turn in which a choice is tried, and which leaves again. */
const TRIAL = 0;

/** What the model made of a question. */
export interface Reply {
  readonly right: boolean;
  /** Mean log-probability of the tokens of the right choice. */
  readonly rightLogProbability: number;
}

/**
 * Multiple choice in a conversation: each question is a message, and the answer is the choice that the model holds
 * likeliest, token by token, as the common harnesses score ARC for models that were not taught to name letters. The
 * question and the choice that was made, right or wrong, stay in the stream.
 */
export class QuestionRounds {
  readonly #loaded: LoadedModel;
  readonly #cache: KvCache;
  #asked = 0;
  #textTokens: number;

  private constructor(loaded: LoadedModel, cache: KvCache) {
    this.#loaded = loaded;
    this.#cache = cache;
    this.#textTokens = cache.appendedTokens;
  }

  /** Tokens of the conversation so far, evicted or not, without the choices that were only tried. */
  get textTokens(): number {
    return this.#textTokens;
  }

  /** Begins a conversation in an empty cache. */
  static async begin(loaded: LoadedModel, cache: KvCache, systemPrompt: string): Promise<QuestionRounds> {
    const head = loaded.chat.head(systemPrompt);
    cache.open({ kind: 'sink', header: head.length });
    await cache.append(head);
    return new QuestionRounds(loaded, cache);
  }

  async ask({ question, choices, answer }: Question): Promise<Reply> {
    const { chat, model } = this.#loaded;
    const { tokens, ...parts } = chat.message(question, this.#asked === 0 ? 'afterSystemPrompt' : 'afterTurn');
    const tried = choices.map((choice) => model.tokenize(choice, false, 'trimLeadingSpace'));
    this.#cache.open({ kind: 'turn', turnId: ++this.#asked, ...parts });
    // All room is made at once: every choice is to see the same.
    await this.#cache.makeRoom(tokens.length + Math.max(...tried.map(({ length }) => length)) + chat.close.length);
    await this.#cache.append(tokens.slice(0, -1));
    const last = tokens.slice(-1);
    const scores: number[] = [];
    for (const choice of tried) scores.push(await this.#score([...last, ...choice]));
    const chosen = scores.indexOf(Math.max(...scores));
    const rest = [...last, ...(tried[chosen] ?? []), ...chat.close];
    await this.#cache.append(rest);
    this.#textTokens += tokens.length - 1 + rest.length;
    return { right: chosen === answer, rightLogProbability: scores[answer] ?? NaN };
  }

  /** Takes the question that was asked last out again, so that the next one stands alone. */
  async forget(): Promise<void> {
    await this.#cache.forget(this.#asked--);
  }

  async #score(tokens: readonly Token[]): Promise<number> {
    const scores: number[] = [];
    this.#cache.open({ kind: 'turn', turnId: TRIAL, header: 0 });
    await this.#cache.append(tokens, { scoring: { onScored: (values) => void scores.push(...values) } });
    await this.#cache.forget(TRIAL);
    return mean(scores);
  }
}
