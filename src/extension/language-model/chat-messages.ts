import * as v from 'valibot';
import { EndlessError } from '../../shared/errors.ts';
import type { ChatMessage, ToolCall } from '../../shared/protocol/requests.ts';

/** A message as VS Code hands it on. */
export interface GivenMessage {
  readonly role: number;
  readonly content: readonly unknown[];
}

/** The parts of messages by their form: VS Code hands on also parts that its types do not know. */
const TextPartSchema = v.object({ value: v.string() });
const CallPartSchema = v.object({ callId: v.string(), name: v.string(), input: v.unknown() });
const ResultPartSchema = v.object({ callId: v.string(), content: v.array(v.unknown()) });
const DataPartSchema = v.object({ mimeType: v.string(), data: v.instance(Uint8Array) });
/** Goes on as JSON: its form is the affair of the library that made it. */
const PromptTreePartSchema = v.object({ value: v.custom<object>((value) => typeof value === 'object' && value !== null) });
/** What a model thought before an answer; no other part has metadata. */
const ThoughtPartSchema = v.object({ value: v.unknown(), metadata: v.unknown() });

/** The numbers of roles; the types of VS Code know no system message, which its own chat sends. */
const ASSISTANT = 2;
const SYSTEM = 3;

/**
 * Puts what VS Code or another extension asks into the words of the engine.
 *
 * What a model thought, and data that is only a mark for another provider, is left out.
 *
 * @throws EndlessError `request-empty`, `images-unsupported` or `data-unsupported`.
 */
export function chatMessages(messages: readonly GivenMessage[]): readonly ChatMessage[] {
  const converted = messages.flatMap(chatMessagesOf);
  if (converted.length === 0) throw new EndlessError('request-empty');
  return converted;
}

/** All that a message says to the model, for counting. */
export function textOf(message: GivenMessage): string {
  return chatMessagesOf(message)
    .flatMap((part) => (part.role === 'assistant' ? [part.text, ...part.calls.flatMap(({ name, input }) => [name, input])] : [part.text]))
    .join('\n');
}

/** One message may hold the results of tools, which are messages of their own, between texts. */
function chatMessagesOf({ role, content }: GivenMessage): readonly ChatMessage[] {
  const messages: ChatMessage[] = [];
  const calls: ToolCall[] = [];
  let text = '';
  const flush = (): void => {
    if (text !== '' || calls.length > 0) messages.push(messageOf(role, text, calls.splice(0)));
    text = '';
  };
  for (const part of content) {
    const result = v.safeParse(ResultPartSchema, part);
    const call = v.safeParse(CallPartSchema, part);
    if (result.success) {
      flush();
      messages.push({ role: 'tool', callId: result.output.callId, text: result.output.content.map(textOfResult).join('') });
    } else if (call.success) {
      calls.push({ id: call.output.callId, name: call.output.name, input: JSON.stringify(call.output.input ?? {}) });
    } else text += textOfPart(part);
  }
  flush();
  return messages;
}

function messageOf(role: number, text: string, calls: ToolCall[]): ChatMessage {
  if (role === ASSISTANT) return { role: 'assistant', text, calls };
  return { role: role === SYSTEM ? 'system' : 'user', text };
}

function textOfPart(part: unknown): string {
  if (typeof part === 'string') return part;
  if (v.is(ThoughtPartSchema, part)) return '';
  const text = v.safeParse(TextPartSchema, part);
  if (text.success) return text.output.value;
  const data = v.safeParse(DataPartSchema, part);
  if (!data.success) throw new EndlessError('data-unsupported');
  const { mimeType } = data.output;
  const read = textOfData(data.output);
  if (read !== undefined) return read;
  throw mimeType.startsWith('image/') ? new EndlessError('images-unsupported') : new EndlessError('data-unsupported', { type: mimeType });
}

/** Who asks cannot choose what a tool gives, so nothing is refused here: the model is told what it does not see. */
function textOfResult(part: unknown): string {
  const tree = v.safeParse(PromptTreePartSchema, part);
  if (tree.success) return JSON.stringify(tree.output.value);
  const data = v.safeParse(DataPartSchema, part);
  if (data.success) return textOfData(data.output) ?? `[${data.output.mimeType}, ${data.output.data.length} bytes, not shown]`;
  const text = v.safeParse(TextPartSchema, part);
  return text.success ? text.output.value : JSON.stringify(part);
}

/** Text of what is text, nothing of what is a mark for another provider (its type has no slash), else undefined. */
function textOfData({ mimeType, data }: v.InferOutput<typeof DataPartSchema>): string | undefined {
  if (!mimeType.includes('/')) return '';
  return /^text\/|[/+]json\b/.test(mimeType) ? new TextDecoder().decode(data) : undefined;
}
