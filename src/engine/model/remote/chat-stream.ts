import * as v from 'valibot';
import { EndlessError } from '../../../shared/errors.ts';
import type { ChatBody } from './chat-body.ts';
import type { ServerClient } from './server-client.ts';
import { brokenStream, failureIn, garbled } from './server-errors.ts';
import { listModels, modelUnknown } from './server-probe.ts';

/** A call of a tool, as it comes piece by piece. */
const CallPieceSchema = v.object({
  index: v.optional(v.number(), 0),
  id: v.nullish(v.string()),
  function: v.optional(v.object({ name: v.nullish(v.string()), arguments: v.nullish(v.string()) }), {}),
});

const ChunkSchema = v.object({
  choices: v.optional(
    v.array(
      v.object({
        delta: v.optional(
          v.object({
            content: v.nullish(v.string()),
            /** What the model thinks before it answers: llama.cpp, vLLM and DeepSeek say the first, OpenRouter and newer vLLM the second. */
            reasoning_content: v.nullish(v.string()),
            reasoning: v.nullish(v.string()),
            tool_calls: v.nullish(v.array(CallPieceSchema)),
          }),
          {},
        ),
        finish_reason: v.nullish(v.string()),
      }),
    ),
    [],
  ),
  usage: v.nullish(
    v.object({
      prompt_tokens: v.number(),
      completion_tokens: v.number(),
      prompt_tokens_details: v.nullish(v.object({ cached_tokens: v.nullish(v.number()) })),
    }),
  ),
  /** How far llama.cpp's server has read the prompt, in tokens. */
  prompt_progress: v.nullish(v.object({ total: v.number(), processed: v.number() })),
});
type Chunk = v.InferOutput<typeof ChunkSchema>;

/** A piece of what the model says. */
export interface ChatPiece {
  readonly thought: string;
  readonly answer: string;
}

export interface StreamedCall {
  readonly id: string;
  readonly name: string;
  /** JSON, as the model wrote it. */
  readonly input: string;
}

/** Tokens of one exchange, as the server counted them. */
export interface Usage {
  readonly prompt: number;
  readonly answer: number;
  /** Tokens of the prompt that the server had in its own cache; undefined where it does not say. */
  readonly cached: number | undefined;
}

/** How an answer ended. */
export interface ChatEnd {
  readonly reason: 'end' | 'length';
  readonly calls: readonly StreamedCall[];
  /** Undefined where the server does not count. */
  readonly usage: Usage | undefined;
}

/**
 * Has a model on a server answer.
 *
 * @param onProgress hears how far the prompt is read, from servers that say so.
 * @throws EndlessError what the server says is wrong; `server-broke-off` when the answer has no end; or the signal's reason.
 */
export async function* streamChat(
  client: ServerClient,
  body: ChatBody,
  signal: AbortSignal,
  onProgress: (done: number, total: number) => void = () => undefined,
): AsyncGenerator<ChatPiece, ChatEnd, undefined> {
  const calls = new Map<number, StreamedCall>();
  let reason: string | undefined;
  let usage: Usage | undefined;
  for await (const event of answering(client, body, signal)) {
    const chunk = chunkOf(client.host, event);
    usage = usageOf(chunk) ?? usage;
    if (chunk.prompt_progress) onProgress(chunk.prompt_progress.processed, chunk.prompt_progress.total);
    const choice = chunk.choices[0];
    if (!choice) continue;
    const { content, reasoning_content, reasoning, tool_calls } = choice.delta;
    for (const piece of tool_calls ?? []) calls.set(piece.index, joined(calls.get(piece.index), piece));
    reason = choice.finish_reason ?? reason;
    const [thought, answer] = [reasoning_content ?? reasoning ?? '', content ?? ''];
    if (thought !== '' || answer !== '') yield { thought, answer };
  }
  if (reason === undefined) throw brokenStream(client.host);
  return { reason: reason === 'length' ? 'length' : 'end', calls: [...calls.values()], usage };
}

/** What the server does not have is no help without what it has. */
async function* answering(client: ServerClient, body: ChatBody, signal: AbortSignal): AsyncGenerator<unknown, void, undefined> {
  try {
    yield* client.stream(client.standard('/chat/completions'), body, signal);
  } catch (error) {
    if (!(error instanceof EndlessError) || error.code !== 'server-model-unknown') throw error;
    throw modelUnknown(client.host, body.model, await listModels(client, signal).catch(() => []));
  }
}

function chunkOf(host: string, event: unknown): Chunk {
  const failure = failureIn(host, event);
  if (failure) throw failure;
  const chunk = v.safeParse(ChunkSchema, event);
  if (!chunk.success) throw garbled(host, JSON.stringify(event));
  return chunk.output;
}

function usageOf({ usage }: Chunk): Usage | undefined {
  if (!usage) return undefined;
  const { prompt_tokens: prompt, completion_tokens: answer, prompt_tokens_details: details } = usage;
  return { prompt, answer, cached: details?.cached_tokens ?? undefined };
}

function joined(before: StreamedCall | undefined, { id, function: called }: v.InferOutput<typeof CallPieceSchema>): StreamedCall {
  return {
    id: id ?? before?.id ?? '',
    name: (before?.name ?? '') + (called.name ?? ''),
    input: (before?.input ?? '') + (called.arguments ?? ''),
  };
}
