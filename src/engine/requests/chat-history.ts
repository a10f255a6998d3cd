import type { ChatHistoryItem, ChatModelFunctionCall, ChatModelFunctions, GbnfJsonSchema } from 'node-llama-cpp';
import { EndlessError } from '../../shared/errors.ts';
import type { ChatMessage, Tool, ToolCall } from '../../shared/protocol/requests.ts';

/** Messages as the library wants them: the calls of tools with what they gave, in the answer that made them. */
export function chatHistory(messages: readonly ChatMessage[]): ChatHistoryItem[] {
  const results = new Map(messages.flatMap((message) => (message.role === 'tool' ? [[message.callId, message.text]] : [])));
  const items: ChatHistoryItem[] = [];
  for (const message of messages) {
    const last = items.at(-1);
    switch (message.role) {
      case 'system':
        items.push({ type: 'system', text: message.text });
        break;
      case 'user':
        // Templates want the roles in turns.
        if (last?.type === 'user') items.splice(-1, 1, { type: 'user', text: `${last.text}\n\n${message.text}` });
        else items.push({ type: 'user', text: message.text });
        break;
      case 'assistant': {
        const said = [...(message.text ? [message.text] : []), ...message.calls.map((call) => toCall(call, results.get(call.id)))];
        if (last?.type === 'model') last.response.push(...said);
        else items.push({ type: 'model', response: said });
        break;
      }
      case 'tool':
        break;
    }
  }
  return items;
}

function toCall({ name, input }: ToolCall, result: string | undefined): ChatModelFunctionCall {
  return { type: 'functionCall', name, params: parsed(input), result: result ?? '' };
}

/** Tools as the library wants them. @throws EndlessError `invalid-message` for a schema that is no JSON. */
export function toolFunctions(tools: readonly Tool[]): ChatModelFunctions {
  return Object.fromEntries(
    tools.map(({ name, description, inputSchema }) => [
      name,
      { description, ...(inputSchema && { params: parsed(inputSchema) as GbnfJsonSchema }) },
    ]),
  );
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json || '{}');
  } catch (cause) {
    throw new EndlessError('invalid-message', { message: 'request/generate' }, cause);
  }
}
