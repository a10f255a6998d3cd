import type { ClientConnection } from '../../link/rpc.ts';
import { EndlessError } from '../../shared/errors.ts';
import type { Address } from '../../shared/protocol/address.ts';
import type { EngineSettings } from '../../shared/protocol/engine-settings.ts';
import type { GenerateParams, GenerateResult } from '../../shared/protocol/generate.ts';
import type { ChatMessage, LaneChange } from '../../shared/protocol/requests.ts';
import type { Conversation } from '../conversation/conversation.ts';
import type { RequestListener } from '../conversation/request-answer.ts';
import type { Request } from './request-context.ts';
import type { Requester } from './requester.ts';

/** Takes each request into its lane: beside a conversation while there is room for it, else alone. */
export class Lanes {
  readonly #conversation: (address: Address) => Conversation;
  readonly #requester: Requester;

  readonly #closing = new AbortController();

  constructor(conversation: (address: Address) => Conversation, requester: Requester) {
    this.#conversation = conversation;
    this.#requester = requester;
  }

  /** Ends what runs and what waits. */
  close(): void {
    this.#closing.abort();
  }

  /**
   * Answers a request, and tells its client of it meanwhile.
   *
   * @throws EndlessError `message-too-long` when it fits nowhere, `tool-not-called`, or with the code of what is wrong with the model.
   */
  async generate(
    { id, prompt, settings, requestWindow }: GenerateParams,
    client: ClientConnection,
    signal: AbortSignal,
  ): Promise<GenerateResult> {
    const listener: RequestListener = {
      onStage: (stage) => client.notify('requestStage', { id, stage }),
      onText: (text) => client.notify('requestText', { id, text }),
    };
    const ended = AbortSignal.any([signal, this.#closing.signal]);
    const whole = <A extends Pick<GenerateResult, 'finish'>>(answer: A): A => {
      if (answer.finish === 'stopped' && !signal.aborted) throw new EndlessError('request-interrupted');
      return answer;
    };
    const alone = async (request: Pick<Request, 'messages' | 'tools'>, change?: LaneChange): Promise<GenerateResult> => {
      const answer = await this.#requester.answer({ ...request, settings }, requestWindow, listener, ended);
      return { ...whole(answer), lane: 'alone', change };
    };
    if (prompt.kind === 'messages') {
      const answer = await alone(prompt);
      if (prompt.mustCall && answer.calls.length === 0 && answer.finish !== 'stopped') throw new EndlessError('tool-not-called');
      return answer;
    }
    const { message } = prompt;
    const request = { messages: withoutConversation(message, settings), tools: [] };
    if (prompt.lane === 'alone') return alone(request);
    const beside = await this.#conversation(prompt.address).aside(message, settings, listener, ended);
    if (typeof beside !== 'string') return { ...whole(beside), calls: [], lane: 'beside' };
    return beside === 'nothing-to-know' ? alone(request) : alone(request, beside);
  }
}

/** What the model is told of a conversation that it does not know: how it begins. */
function withoutConversation(message: string, { systemPrompt, instructions }: EngineSettings): readonly ChatMessage[] {
  const told = [systemPrompt, instructions].filter((text) => text.trim() !== '').join('\n\n');
  return [...(told ? [{ role: 'system', text: told } as const] : []), { role: 'user', text: message }];
}
