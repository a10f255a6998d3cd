import { randomUUID } from 'node:crypto';
import type { ChatMessage, Tool } from '../../shared/protocol/requests.ts';
import { AnswerWriter } from '../conversation/answer-writer.ts';
import type { RequestListener } from '../conversation/request-answer.ts';
import { serverSpeech, type ServerSpeechEnd } from '../conversation/server-speech.ts';
import { chatBody, type ServerMessage } from '../model/remote/chat-body.ts';
import type { ServedModel } from '../model/remote/served-model.ts';
import { estimateTokens } from '../model/remote/token-estimate.ts';
import type { Answering, Request, RequestResult } from './request-context.ts';

/** Has a model on a server answer requests that bring everything along that it is to know. */
export class ServerRequests implements Answering {
  readonly weights = undefined;
  readonly #model: ServedModel;

  constructor(model: ServedModel) {
    this.#model = model;
  }

  async answer({ messages, tools, settings }: Request, listener: RequestListener, signal: AbortSignal): Promise<RequestResult> {
    const { onStage, onText } = listener;
    const { client, facts } = this.#model;
    const began = performance.now();
    let [text, firstTokenMs] = ['', 0];
    let promptTokens = messages.reduce((sum, message) => sum + estimateTokens(message.text), 0);
    const onProgress = (done: number, total: number): void => onStage({ kind: 'prefill', done, total });
    onProgress(0, promptTokens);
    const onPiece = (): void => {
      if (firstTokenMs > 0) return;
      firstTokenMs = performance.now() - began;
      onStage({ kind: 'generating' });
    };
    const writer = new AnswerWriter(onText);
    const body = {
      ...chatBody(facts, messages.map(serverMessage), settings),
      ...(tools.length > 0 && { tools: tools.map(serverTool) }),
    };
    const speech = serverSpeech(client, body, { signal, onThought: () => undefined, onPiece, onProgress });
    const hear = async (): Promise<ServerSpeechEnd> => {
      for (;;) {
        const piece = await speech.next();
        if (piece.done) return piece.value;
        text += piece.value;
        writer.push(piece.value);
      }
    };
    try {
      const { finish, calls, usage, pieces } = await hear();
      promptTokens = usage?.prompt ?? promptTokens;
      const stats = {
        promptTokens,
        reusedTokens: usage?.cached ?? 0,
        answerTokens: usage?.answer ?? pieces,
        firstTokenMs,
        totalMs: performance.now() - began,
      };
      return { text, calls: calls.map((call) => ({ ...call, id: call.id || randomUUID() })), finish, stats, window: facts.window };
    } finally {
      writer.flush();
    }
  }

  async dispose(): Promise<void> {}
}

function serverMessage(message: ChatMessage): ServerMessage {
  const { role, text: content } = message;
  switch (role) {
    case 'system':
    case 'user':
      return { role, content };
    case 'assistant': {
      const calls = message.calls.map(({ id, name, input }) => ({ id, type: 'function', function: { name, arguments: input || '{}' } }));
      return { role, content, ...(calls.length > 0 && { tool_calls: calls }) };
    }
    case 'tool':
      return { role, content, tool_call_id: message.callId };
  }
}

function serverTool({ name, description, inputSchema }: Tool): object {
  const parameters: unknown = JSON.parse(inputSchema || '{"type":"object","properties":{}}');
  return { type: 'function', function: { name, description, parameters } };
}
