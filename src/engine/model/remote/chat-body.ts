import type { EngineSettings } from '../../../shared/protocol/engine-settings.ts';
import type { ServerFacts } from '../../../shared/protocol/server-facts.ts';

/** A message as servers want it. */
export interface ServerMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly content: string;
  readonly tool_calls?: readonly object[];
  readonly tool_call_id?: string;
}

/** What is looked at here of the body of a request for an answer. */
export interface ChatBody extends Readonly<Record<string, unknown>> {
  readonly model: string;
  readonly messages: readonly ServerMessage[];
}

type Sampling = Pick<EngineSettings, 'temperature' | 'topP' | 'topK' | 'minP' | 'repeatPenalty' | 'maxAnswerTokens'>;

/** The body of a request for an answer in the protocol of OpenAI, and what a server is known to take besides. */
export function chatBody({ model, software }: ServerFacts, messages: readonly ServerMessage[], sampling: Sampling): ChatBody {
  const { temperature, topP, maxAnswerTokens } = sampling;
  return {
    model,
    messages,
    stream: true,
    stream_options: { include_usage: true },
    temperature,
    top_p: topP,
    ...(maxAnswerTokens > 0 && { max_tokens: maxAnswerTokens }),
    ...besides(software, sampling),
  };
}

/** A server that is not known may refuse what is not in OpenAI's protocol. */
function besides(software: ServerFacts['software'], { topK, minP, repeatPenalty }: Sampling): object {
  switch (software) {
    case 'llama.cpp':
      return { top_k: topK, min_p: minP, repeat_penalty: repeatPenalty, return_progress: true };
    case 'vllm':
      return { top_k: topK || -1, min_p: minP, repetition_penalty: repeatPenalty };
    case 'other':
      return {};
  }
}
