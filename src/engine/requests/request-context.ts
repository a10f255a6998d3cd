import { randomInt, randomUUID } from 'node:crypto';
import type { ChatHistoryItem, LlamaChat, LlamaChatResponse, Token } from 'node-llama-cpp';
import { EndlessError } from '../../shared/errors.ts';
import type { EngineSettings } from '../../shared/protocol/engine-settings.ts';
import type { GenerateResult } from '../../shared/protocol/generate.ts';
import type { FinishReason } from '../../shared/protocol/turn.ts';
import { answerRoom, type ChatMessage, type Tool } from '../../shared/protocol/requests.ts';
import { Decoder } from '../cache/decoder.ts';
import { AnswerWriter } from '../conversation/answer-writer.ts';
import type { RequestListener } from '../conversation/request-answer.ts';
import { RepetitionGuard } from '../conversation/repetition-guard.ts';
import { nativeLibrary } from '../model/native-library.ts';
import { openContext, type ContextOptions, type RoleContext } from '../model/role-context.ts';
import type { Weights } from '../model/weights.ts';
import type { Precedence } from '../precedence.ts';
import { chatHistory, toolFunctions } from './chat-history.ts';

export interface Request {
  readonly messages: readonly ChatMessage[];
  readonly tools: readonly Tool[];
  readonly settings: EngineSettings;
}

export type RequestResult = Omit<GenerateResult, 'lane' | 'change'>;

/** Whoever answers requests that bring everything along: a context of its own, or a server. */
export interface Answering {
  /** The model in this process that it stands on, if it does. */
  readonly weights: Weights | undefined;
  /**
   * Answers a request.
   *
   * @param signal ends it; what was written by then is the answer.
   * @throws EndlessError `message-too-long` before anything is read, or what is wrong with the server.
   */
  answer(request: Request, listener: RequestListener, signal: AbortSignal): Promise<RequestResult>;
  /** Frees what it takes; the model stays. */
  dispose(): Promise<void>;
}

/** Cells that the library keeps free. */
const SPARE_CELLS = 4;

/**
 * Where requests are answered that bring everything along that the model is to know. They are rendered whole each time, by the
 * library's own conversation; what a request has in common with the one before, from its beginning on, is not read again.
 */
export class RequestContext implements Answering {
  readonly weights: Weights;
  readonly #wished: number;
  readonly #role: RoleContext;
  readonly #chat: LlamaChat;
  readonly #decoder: Decoder;

  private constructor(weights: Weights, wished: number, role: RoleContext, chat: LlamaChat, decoder: Decoder) {
    this.weights = weights;
    this.#wished = wished;
    this.#role = role;
    this.#chat = chat;
    this.#decoder = decoder;
  }

  /**
   * @param window tokens that it is to hold; a model that was trained on less gets less, and so does one without room.
   * @param makeWay closes it for what matters more.
   */
  static async open(
    weights: Weights,
    window: number,
    { giveWay, isRecent: isHurried }: Precedence,
    makeWay?: ContextOptions['makeWay'],
  ): Promise<RequestContext> {
    const { LlamaChat } = await nativeLibrary();
    const tokens = Math.min(window, weights.file.trainedContext || window);
    const role = await openContext(weights, { role: 'request', tokens: window }, { giveWay, makeWay });
    const chat = new LlamaChat({ contextSequence: role.sequence });
    return new RequestContext(weights, tokens, role, chat, new Decoder(role.sequence, { decodes: role.decodes, giveWay, isHurried }));
  }

  async answer(request: Request, listener: RequestListener, signal: AbortSignal): Promise<RequestResult> {
    const began = performance.now();
    const history = chatHistory(request.messages);
    const tokens = this.#tokensOf(history, request.tools);
    const { contextSize } = this.#role.sequence;
    const window = contextSize - answerRoom(contextSize, request.settings.maxAnswerTokens) - SPARE_CELLS;
    if (tokens.length > window) throw new EndlessError('message-too-long', { tokens: tokens.length, window });
    const reusedTokens = await this.#read(tokens, listener, signal);
    const answer = signal.aborted
      ? STOPPED
      : await this.#write(history, request, contextSize - tokens.length - SPARE_CELLS, listener, signal);
    const { firstTokenAt, answerTokens, ...said } = answer;
    const firstTokenMs = firstTokenAt === 0 ? 0 : firstTokenAt - began;
    const stats = { promptTokens: tokens.length, reusedTokens, answerTokens, firstTokenMs, totalMs: performance.now() - began };
    return { ...said, stats, window: Math.min(this.#wished, contextSize - 1) };
  }

  async dispose(): Promise<void> {
    this.#chat.dispose();
    await this.#role.context.dispose();
  }

  /** What the library is going to evaluate. Where it is something else after all, it is only read a second time. */
  #tokensOf(history: readonly ChatHistoryItem[], tools: readonly Tool[]): Token[] {
    const { contextText } = this.#chat.chatWrapper.generateContextState({
      chatHistory: [...history, { type: 'model', response: [] }],
      ...(tools.length > 0 && { availableFunctions: toolFunctions(tools), documentFunctionParams: true }),
    });
    return contextText.tokenize(this.weights.model.tokenizer);
  }

  /**
   * Reads the prompt as far as it is new, in slices between which others go first: the library reads it in one go.
   *
   * @returns how many tokens of it were there already.
   */
  async #read(tokens: readonly Token[], { onStage }: RequestListener, signal: AbortSignal): Promise<number> {
    const { sequence } = this.#role;
    // What comes next is read off the last token, which the library evaluates itself.
    const prompt = tokens.slice(0, -1);
    await sequence.adaptStateToTokens(prompt, false);
    const reused = sequence.nextTokenIndex;
    const onProgress = (done: number): void => onStage({ kind: 'prefill', done: reused + done, total: tokens.length });
    onProgress(0);
    try {
      await this.#decoder.prefill(prompt.slice(reused), { signal, onProgress });
    } catch (error) {
      if (!signal.aborted || error instanceof EndlessError) throw error;
    }
    return reused;
  }

  async #write(
    history: ChatHistoryItem[],
    { tools, settings }: Request,
    room: number,
    { onStage, onText }: RequestListener,
    signal: AbortSignal,
  ): Promise<Said> {
    const { temperature, topP, topK, minP, repeatPenalty, maxAnswerTokens } = settings;
    const guard = new RepetitionGuard();
    const loop = new AbortController();
    const writer = new AnswerWriter(onText);
    let [answerTokens, firstTokenAt] = [0, 0];
    try {
      const response = await this.#chat.generateResponse(history, {
        temperature,
        topP,
        topK,
        minP,
        seed: randomInt(2 ** 32),
        repeatPenalty: repeatPenalty > 1 && { penalty: repeatPenalty },
        maxTokens: Math.min(maxAnswerTokens || Infinity, room),
        ...(tools.length > 0 && { functions: toolFunctions(tools), documentFunctionParams: true }),
        trimWhitespaceSuffix: true,
        signal: AbortSignal.any([signal, loop.signal]),
        stopOnAbortSignal: true,
        onTextChunk: (text) => writer.push(text),
        onToken: (some) => {
          if (answerTokens === 0) {
            firstTokenAt = performance.now();
            onStage({ kind: 'generating' });
          }
          answerTokens += some.length;
          for (const token of some) if (guard.push(token)) loop.abort();
        },
      });
      const finish = loop.signal.aborted ? 'repetition' : finishOf(response);
      return { text: response.response, calls: callsOf(response), finish, firstTokenAt, answerTokens };
    } finally {
      writer.flush();
    }
  }
}

interface Said extends Pick<RequestResult, 'text' | 'calls' | 'finish'> {
  /** By `performance.now()`; 0 when there was none. */
  readonly firstTokenAt: number;
  readonly answerTokens: number;
}

/** What was ended before there was a word of it. */
const STOPPED: Said = { text: '', calls: [], finish: 'stopped', firstTokenAt: 0, answerTokens: 0 };

function callsOf({ functionCalls }: LlamaChatResponse<Record<string, object>>): RequestResult['calls'] {
  return (functionCalls ?? []).map(({ functionName, params }) => ({
    id: randomUUID(),
    name: functionName,
    // A tool that takes nothing is called with nothing.
    input: JSON.stringify((params as unknown) ?? {}),
  }));
}

function finishOf({ metadata: { stopReason } }: Pick<LlamaChatResponse, 'metadata'>): FinishReason {
  switch (stopReason) {
    case 'abort':
      return 'stopped';
    case 'maxTokens':
      return 'length';
    case 'eogToken':
    case 'stopGenerationTrigger':
    case 'customStopTrigger':
    case 'functionCalls':
      return 'end';
  }
}
