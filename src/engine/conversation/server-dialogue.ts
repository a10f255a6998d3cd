import { cutText } from '../../shared/cut-text.ts';
import { EndlessError } from '../../shared/errors.ts';
import type { Sent } from '../../shared/protocol/server-facts.ts';
import type { CacheListener } from '../cache/cache-listener.ts';
import { mostPinned, pinnedTokens } from '../cache/room.ts';
import { chatBody } from '../model/remote/chat-body.ts';
import type { ServedModel } from '../model/remote/served-model.ts';
import { isTooLong } from '../model/remote/server-errors.ts';
import { estimateTokens } from '../model/remote/token-estimate.ts';
import type { TextTokens } from '../recall/held-text.ts';
import { attached } from '../recall/told.ts';
import type { AnswerEnd, AnswerOptions } from './dialogue.ts';
import type { HeldDialogue } from './held-dialogue.ts';
import { fittingTurns, type PastTurn } from './past-turns.ts';
import { SentTurns, TOKENS_AROUND } from './sent-turns.ts';
import { serverSpeech, type ServerSpeech, type ServerSpeechEnd } from './server-speech.ts';

/** Part of the window that instructions may take. */
const MOST_INSTRUCTIONS = 1 / 4;
/** What is tried next of instructions that are too long. */
const SHORTER = 0.9;
/** What the model is taken to have said to instructions: templates want an answer to every message. */
const ACKNOWLEDGEMENT = 'Understood.';
/** Part of the window that there must be room for as an answer beside the conversation. */
const LEAST_ANSWER = 1 / 16;

const never = new AbortController().signal;

/** How an answer ends that is not heard to its end; nobody reads it. */
const UNHEARD: ServerSpeechEnd = { finish: 'stopped', calls: [], usage: undefined, pieces: 0 };

export interface ServerDialogueListener extends CacheListener {
  readonly onWarning?: (problem: string) => void;
}

/** A conversation with a model on a server. The server remembers nothing that counts: it is sent all of it with every message. */
export class ServerDialogue implements HeldDialogue {
  readonly cache: SentTurns;
  /** Estimates, since the server cannot be asked in the middle of something else. Nothing of a turn leaves but the whole. */
  readonly chat: TextTokens = { count: estimateTokens, lengthOf: (text) => text.length };
  readonly #model: ServedModel;
  readonly #listener: ServerDialogueListener;
  #answering = 0;
  #instructions = '';
  #instructed: number | undefined;
  #sent: Sent | undefined;
  /** The newest turn, whose answer has not been counted yet. */
  #uncounted: { readonly id: number; readonly answer: string; readonly before: number } | undefined;

  private constructor(model: ServedModel, cache: SentTurns, listener: ServerDialogueListener) {
    this.#model = model;
    this.cache = cache;
    this.#listener = listener;
  }

  /**
   * Begins a conversation. Nothing is sent but, to be counted, the system prompt.
   *
   * @throws EndlessError `window-too-small` when the system prompt leaves no room for messages.
   */
  static async begin(
    model: ServedModel,
    systemPrompt: string,
    listener: ServerDialogueListener,
    signal: AbortSignal,
  ): Promise<ServerDialogue> {
    const { window } = model.facts;
    const tokens = systemPrompt.trim() === '' ? 0 : (await model.tokens.count(systemPrompt, signal)) + TOKENS_AROUND;
    if (tokens > window / 2) throw new EndlessError('window-too-small', { tokens, window });
    return new ServerDialogue(model, new SentTurns(window, { text: systemPrompt, tokens }, listener), listener);
  }

  get sent(): Sent | undefined {
    return this.#sent;
  }

  get answering(): number {
    return this.#answering;
  }

  get turnIds(): readonly number[] {
    return this.cache.turnIds;
  }

  /** Takes up turns that were held before: those that are pinned, and the newest that fit into half the window with them. */
  async refill(turns: readonly PastTurn[], signal: AbortSignal): Promise<void> {
    const { segments, window, used } = this.cache.layout;
    const room = { tokens: window / 2 - used, pinned: mostPinned(segments, window) };
    const fitting = fittingTurns(turns, room, ({ message, answer, attachments }) => {
      return estimateTokens(questionOf(message, attachments)) + estimateTokens(answer) + TOKENS_AROUND;
    });
    for (const { turn } of fitting) {
      const question = questionOf(turn.message, turn.attachments);
      const questionTokens = await this.#count(question, signal);
      const tokens = questionTokens + (await this.#model.tokens.count(turn.answer, signal));
      const { id: turnId, answer, pinned = false } = turn;
      this.cache.add({ kind: pinned ? 'pinned' : 'turn', turnId, question, answer, tokens, questionTokens });
    }
  }

  tokensOf(message: string, attachments: readonly string[] = []): number {
    return estimateTokens(questionOf(message, attachments)) + TOKENS_AROUND;
  }

  async instruct(instructions: string, signal = never): Promise<boolean> {
    if (instructions === this.#instructions) return false;
    if (this.#instructed !== undefined) this.cache.drop(this.#instructed);
    [this.#instructed, this.#instructions] = [undefined, ''];
    const { segments, window } = this.cache.layout;
    const most = Math.min(window * MOST_INSTRUCTIONS, mostPinned(segments, window) - pinnedTokens(segments));
    let question = instructions;
    while (question.length > 1 && this.tokensOf(question) > most) question = cutText(question, Math.floor(question.length * SHORTER)).text;
    if (question.length > 1) {
      const tokens = await this.#count(question, signal);
      const turn = { kind: 'pinned', turnId: undefined, question, answer: ACKNOWLEDGEMENT, tokens, questionTokens: tokens } as const;
      this.#instructed = this.cache.add(turn);
    }
    this.#instructions = instructions;
    return question.length < instructions.length;
  }

  /** What is being written goes nowhere before it is sent. */
  async stage(): Promise<void> {}

  async dropDraft(): Promise<void> {}

  async *answer(turnId: number, message: string, options: AnswerOptions): AsyncGenerator<string, AnswerEnd, undefined> {
    const { attachments, signal, sampling, onPrefill, onThought = () => undefined } = options;
    const question = questionOf(message, attachments);
    let messageTokens = this.tokensOf(message, attachments);
    try {
      await this.settle();
      this.#answering = turnId;
      messageTokens = await this.#count(question, signal);
      const longest = this.cache.longestMessage;
      if (messageTokens > longest) throw new EndlessError('message-too-long', { tokens: messageTokens, window: longest });
      onPrefill?.(0, messageTokens);
      this.cache.makeRoom(messageTokens);
      const tokens = messageTokens;
      const id = this.cache.add({ kind: 'turn', turnId, question, answer: '', tokens, questionTokens: tokens });
      this.cache.count(tokens, 0);
      const before = this.cache.appendedTokens;
      const onPiece = (): void => {
        this.cache.count(1, 1);
        this.cache.change(id, { tokens: tokens + this.cache.appendedTokens - before });
      };
      const answer = (): ServerSpeech => {
        const body = chatBody(this.#model.facts, this.cache.messages(), sampling);
        return serverSpeech(this.#model.client, body, { signal, onThought, onPiece, onProgress: onPrefill });
      };
      const { finish, usage, pieces } = yield* this.#keeping(id, tokens, this.#fitting(id, answer));
      if (usage) {
        this.#sent = { tokens: usage.prompt, ...(usage.cached !== undefined && { cached: usage.cached }) };
        this.cache.count(usage.answer - pieces, usage.answer - pieces + usage.prompt - (usage.cached ?? 0));
      }
      return { finish, messageTokens, answerTokens: usage?.answer ?? pieces };
    } catch (error) {
      this.cache.forget([turnId]);
      if (!signal.aborted || error instanceof EndlessError) throw error;
      return { finish: 'stopped', messageTokens, answerTokens: 0 };
    } finally {
      this.#answering = 0;
    }
  }

  fitsBeside(message: string, maxAnswerTokens: number): boolean {
    const tokens = this.tokensOf(message);
    const { used, window } = this.cache.layout;
    const leastAnswer = Math.max(tokens, Math.ceil(window * LEAST_ANSWER));
    return window - used - tokens >= Math.min(maxAnswerTokens || leastAnswer, leastAnswer);
  }

  async *aside(message: string, { sampling, signal, onPrefill }: AnswerOptions): AsyncGenerator<string, AnswerEnd, undefined> {
    const messageTokens = this.tokensOf(message);
    onPrefill?.(0, messageTokens);
    const body = chatBody(this.#model.facts, this.cache.messages(message), sampling);
    try {
      const hearing = { signal, onThought: () => undefined, onProgress: onPrefill };
      const { finish, usage, pieces } = yield* serverSpeech(this.#model.client, body, hearing);
      return { finish, messageTokens, answerTokens: usage?.answer ?? pieces };
    } catch (error) {
      if (!signal.aborted || error instanceof EndlessError) throw error;
      return { finish: 'stopped', messageTokens, answerTokens: 0 };
    }
  }

  /** Counts the newest answer: thoughts were counted with it while it came, but are not sent again. */
  async settle(): Promise<void> {
    const uncounted = this.#uncounted;
    this.#uncounted = undefined;
    if (!uncounted) return;
    const { id, answer, before } = uncounted;
    this.cache.change(id, { tokens: before + (await this.#model.tokens.count(answer, never)) });
  }

  async forget(turnIds: readonly number[]): Promise<void> {
    this.cache.forget(turnIds);
  }

  async #count(text: string, signal: AbortSignal): Promise<number> {
    return (await this.#model.tokens.count(text, signal)) + TOKENS_AROUND;
  }

  /** Keeps what is said as the answer of a turn, also when it is stopped. */
  async *#keeping(id: number, before: number, words: ServerSpeech): ServerSpeech {
    let answer = '';
    try {
      for (;;) {
        const piece = await words.next();
        if (piece.done) return piece.value;
        answer += piece.value;
        yield piece.value;
      }
    } finally {
      this.cache.change(id, { answer });
      this.#uncounted = { id, answer, before };
      await words.return(UNHEARD);
    }
  }

  /** Where the server says that it has no room for so much, older turns are left out and it is tried once more. */
  async *#fitting(id: number, answer: () => ServerSpeech): ServerSpeech {
    try {
      return yield* answer();
    } catch (error) {
      if (!isTooLong(error)) throw error;
      const { window } = error.args;
      if (!this.cache.shrink(typeof window === 'number' ? window : undefined, id)) throw error;
      this.#listener.onWarning?.(
        `the server has no room for the conversation: older turns are left out (${error.toReport().detail ?? ''})`,
      );
    }
    return yield* answer();
  }
}

function questionOf(message: string, attachments: readonly string[] = []): string {
  return attachments.map(attached).join('') + message;
}
