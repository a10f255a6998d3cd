import type { LlamaModel, Token } from 'node-llama-cpp';
import { EndlessError } from '../../shared/errors.ts';
import type { ModelFacts } from '../../shared/protocol/model-facts.ts';
import { readChatFormat } from '../conversation/chat-format.ts';
import { ChatTokens, type ChatTokenizer } from '../conversation/chat-tokens.ts';
import { limitOf } from './context-plan.ts';
import { marksThoughts } from '../conversation/thoughts.ts';
import { memoryUseOf, type MemoryUse } from './memory-use.ts';
import { openContext, type RoleContext } from './role-context.ts';
import { canCutBack } from './shift-capability.ts';
import { loadWeights, type LoadOptions, type LoadSettings, type Weights } from './weights.ts';

/** A model in memory with its chat context. */
export interface LoadedModel extends RoleContext, Pick<Weights, 'fingerprint' | 'model'> {
  readonly kind: 'loaded';
  /** Whether something can be asked beside a conversation, which is what it was afterwards. */
  readonly answersBeside: boolean;
  readonly facts: ModelFacts;
  /** Whether the end of what was read can be cut off without reading all of it again. */
  readonly cutsBack: boolean;
  /** Whether it has marks for what it thinks before it answers. */
  readonly marksThoughts: boolean;
  readonly chat: ChatTokens;
  readonly memory: MemoryUse;
  dispose(): Promise<void>;
}

/**
 * Loads a model with a context for the chat.
 *
 * @throws EndlessError with the code of what is wrong with the file, the memory or the installation.
 */
export async function loadModel(settings: LoadSettings, options: LoadOptions): Promise<LoadedModel> {
  return (await loadWeights(settings, options, (weights) => openChat(weights, settings.window))).opened;
}

/**
 * Opens the context of the chat. The model goes with it.
 *
 * @param wishedWindow tokens that were asked for, of which the model may allow fewer.
 * @param template for conversations, if not the model's own.
 * @throws EndlessError `no-chat-template` or `out-of-memory`.
 */
export async function openChat(weights: Weights, wishedWindow: number, template = weights.file.chatTemplate): Promise<LoadedModel> {
  const { file, fingerprint, backend, model, threads, obstacle, yarnLeftOut } = weights;
  if (template === undefined) throw new EndlessError('no-chat-template', { path: file.path });
  const chat = new ChatTokens(chatTokenizer(model), readChatFormat(template, specialText(model)));
  const wish = { role: 'chat', tokens: weights.window + weights.reserve, least: weights.leastWindow } as const;
  const role = await openContext(weights, wish, { predictsFromInput: true });
  const window = Math.min(weights.window, role.context.contextSize - 1);
  const facts: ModelFacts = {
    path: file.path,
    name: file.name,
    architecture: file.architecture,
    fileBytes: file.fileBytes,
    trainedContext: file.trainedContext,
    window,
    wishedWindow,
    windowLimit: limitOf(window, wishedWindow, file.trainedContext),
    reserveCut: reserveCut(role.context.contextSize - 1 - window, weights.reserve),
    backend: backend.name,
    backendReason: backend.reason,
    devices: [...backend.devices],
    deviceBytes: backend.name === 'cpu' ? undefined : (await backend.llama.getVramState()).total,
    quantizedValues: weights.wishesQuantizedValues ? weights.quantizesValues : undefined,
    fallback: weights.fallback,
    gpuLayers: model.gpuLayers,
    totalLayers: file.insights.totalLayers,
    threads,
    canShift: obstacle === undefined,
    shiftObstacle: obstacle,
    yarnLeftOut,
  };
  const memory = memoryUseOf(weights, role);
  const answersBeside = facts.canShift;
  return {
    kind: 'loaded',
    answersBeside,
    ...role,
    fingerprint,
    model,
    facts,
    cutsBack: canCutBack(obstacle),
    marksThoughts: marksThoughts(template, (text) => model.tokenize(text, true).length === 1),
    chat,
    memory,
    dispose: () => weights.dispose(),
  };
}

function reserveCut(tokens: number, wished: number): ModelFacts['reserveCut'] {
  return tokens < wished ? { tokens, wished } : undefined;
}

function chatTokenizer(model: LlamaModel): ChatTokenizer {
  const { bos, bosString, shouldPrependBosToken } = model.tokens;
  return {
    tokenize: (text, specialTokens, options): Token[] => model.tokenize(text, specialTokens, options),
    detokenize: (tokens): string => model.detokenize(tokens),
    bos: shouldPrependBosToken && bos !== null && bosString !== null ? { token: bos, text: bosString } : undefined,
  };
}

function specialText(model: LlamaModel): { readonly bos: string; readonly eos: string } {
  return { bos: model.tokens.bosString ?? '', eos: model.tokens.eosString ?? '' };
}
