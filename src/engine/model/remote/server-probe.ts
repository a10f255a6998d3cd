import * as v from 'valibot';
import { EndlessError } from '../../../shared/errors.ts';
import type { ServerSoftware } from '../../../shared/protocol/server-facts.ts';
import type { ServerClient } from './server-client.ts';
import { garbled } from './server-errors.ts';

/** A model as a server lists it. */
export interface ListedModel {
  readonly id: string;
  /** Tokens of its context, where the server says so. */
  readonly window: number | undefined;
  readonly owner: string;
}

const ModelsSchema = v.object({
  data: v.array(
    v.object({
      id: v.string(),
      owned_by: v.optional(v.string(), ''),
      max_model_len: v.nullish(v.number()),
      meta: v.nullish(v.object({ n_ctx: v.nullish(v.number()) })),
    }),
  ),
});

const PropsSchema = v.object({ default_generation_settings: v.object({ n_ctx: v.number() }) });

/** The models that a server has, in its order. @throws EndlessError as `ServerClient.get`, and `server-garbled`. */
export async function listModels(client: ServerClient, signal: AbortSignal): Promise<readonly ListedModel[]> {
  const answer = await client.get(client.standard('/models'), signal);
  const models = v.safeParse(ModelsSchema, answer);
  if (!models.success) throw garbled(client.host, JSON.stringify(answer));
  return models.output.data.map(({ id, owned_by: owner, max_model_len, meta }) => {
    return { id, owner, window: max_model_len ?? meta?.n_ctx ?? undefined };
  });
}

/** What was found out about a model on a server. */
export interface Probed {
  readonly model: string;
  readonly software: ServerSoftware;
  /** Tokens of its context; undefined where the server does not say. */
  readonly window: number | undefined;
}

/**
 * Finds out what a server is, and whether it has a model.
 *
 * @param wished empty where the server has one only.
 * @throws EndlessError `server-model-unknown` with those that there are, or as `listModels`.
 */
export async function probe(client: ServerClient, wished: string, signal: AbortSignal): Promise<Probed> {
  const models = await listModels(client, signal);
  const model = wished === '' ? models[0] : models.find(({ id }) => id === wished);
  const window = await ownWindow(client, signal);
  const isLlama = window !== undefined || models[0]?.owner === 'llamacpp';
  // llama.cpp's server has one model, and answers by whatever name it is called.
  const found = model ?? (isLlama && models.length === 1 ? models[0] : undefined);
  if (!found) throw modelUnknown(client.host, wished, models);
  const software = isLlama ? 'llama.cpp' : found.owner === 'vllm' ? 'vllm' : 'other';
  return { model: found.id, software, window: window ?? found.window };
}

/** The error for a model that a server does not have. */
export function modelUnknown(host: string, model: string, models: readonly ListedModel[]): EndlessError {
  return new EndlessError('server-model-unknown', { host, model, models: models.map(({ id }) => id).join(', ') });
}

/** What llama.cpp's server says of its context; undefined for any other server, which has no such end point. */
async function ownWindow(client: ServerClient, signal: AbortSignal): Promise<number | undefined> {
  try {
    const props = v.safeParse(PropsSchema, await client.get(client.own('/props'), signal));
    return props.success && props.output.default_generation_settings.n_ctx > 0 ? props.output.default_generation_settings.n_ctx : undefined;
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}
