import type { LlamaContext, LlamaContextSequence, LlamaModel, Token } from 'node-llama-cpp';
import { EndlessError } from '../../shared/errors.ts';
import type { EngineSettings, ModelFacts } from '../../shared/protocol.ts';
import { DecodeCounter } from '../cache/decode-counter.ts';
import { readChatFormat } from '../conversation/chat-format.ts';
import { ChatTokens, type ChatTokenizer } from '../conversation/chat-tokens.ts';
import { fingerprintOf, inspectModelFile, type ModelFile } from './model-file.ts';
import { chooseBackend, cpuThreads, nativeLibrary, type Backend, type NativeLog } from './native-library.ts';
import { shiftFacts, shiftObstacle, worksWithoutYarn, type ShiftObstacle } from './shift-capability.ts';
import type { ShiftCandidate } from './shift-trial.ts';

/** The settings that need the model or its context loaded anew when they change. */
export type LoadSettings = Pick<EngineSettings, 'modelPath' | 'window' | 'gpu' | 'threads'>;

/** A model in memory with its chat context: one context for this role, one sequence in it. */
export interface LoadedModel {
  readonly facts: ModelFacts;
  readonly fingerprint: string;
  readonly model: LlamaModel;
  readonly context: LlamaContext;
  readonly sequence: LlamaContextSequence;
  readonly decodes: DecodeCounter;
  readonly chat: ChatTokens;
  dispose(): Promise<void>;
}

export interface LoadOptions {
  readonly log: NativeLog;
  /** Part of the file that is loaded, 0 to 1. */
  readonly onProgress: (fraction: number) => void;
  /** Ends loading; its reason is then thrown. */
  readonly signal?: AbortSignal;
  /** Confirms that a model can shift whose metadata say so; without it they are believed. */
  readonly confirmShift?: (candidate: ShiftCandidate) => Promise<boolean>;
}

/** What is found out before anything large is loaded. */
interface Prospect {
  readonly file: ModelFile;
  readonly fingerprint: string;
  /** Tokens the cache is to hold. */
  readonly window: number;
  readonly obstacle: ShiftObstacle | undefined;
  /** Whether the model is to be loaded without the YaRN that its file asks for. */
  readonly leaveOutYarn: boolean;
}

/** A context no smaller than this can hold a system prompt and a turn. */
const SMALLEST_CONTEXT = 256;

/**
 * Loads a model on the best back end there is and gives it a context for the chat. What a GPU cannot hold is tried
 * on the CPU.
 *
 * @throws EndlessError with the code of what is wrong with the file, the memory or the installation.
 */
export async function loadModel(settings: LoadSettings, options: LoadOptions): Promise<LoadedModel> {
  const file = await inspectModelFile(settings.modelPath);
  const backend = await chooseBackend(settings, options.log);
  try {
    return await loadModelOn(backend, file, settings, options);
  } catch (error) {
    if (backend.name === 'cpu' || !isForLackOfRoom(error)) throw error;
    options.log('warn', `${backend.name} failed, going on with the CPU: ${String(error)}`);
    return loadModelOn(await chooseBackend({ ...settings, gpu: 'off' }, options.log), file, settings, options);
  }
}

/** Whether another back end may succeed where this one has failed. */
function isForLackOfRoom(error: unknown): boolean {
  return error instanceof EndlessError && (error.code === 'out-of-memory' || error.code === 'model-load-failed');
}

/** Loads a model on the given back end, which goes with the model, also when loading fails. */
export async function loadModelOn(backend: Backend, file: ModelFile, settings: LoadSettings, options: LoadOptions): Promise<LoadedModel> {
  try {
    const fingerprint = await fingerprintOf(file);
    const [shift, window] = [shiftFacts(file.info, file.insights), wishedTokens(file, settings)];
    const obstacle = shiftObstacle(shift, window) ?? (await failedTrial(backend, fingerprint, settings, options));
    const leaveOutYarn = obstacle === undefined && worksWithoutYarn(shift, window);
    if (leaveOutYarn)
      options.log('info', 'YaRN is left out: the window is no larger than the original context, and so the cache can roll\n');
    return await load(backend, { file, fingerprint, window, obstacle, leaveOutYarn }, settings, options);
  } catch (error) {
    await backend.llama.dispose();
    options.signal?.throwIfAborted();
    throw await loadError(error, file);
  }
}

/** Tokens the cache is to hold: no more than the model was trained for, where that is known. */
function wishedTokens({ trainedContext }: ModelFile, { window }: LoadSettings): number {
  return Math.min(window, trainedContext || window);
}

async function failedTrial(
  backend: Backend,
  fingerprint: string,
  settings: LoadSettings,
  { confirmShift }: LoadOptions,
): Promise<ShiftObstacle | undefined> {
  const confirmed = (await confirmShift?.({ settings, fingerprint, backend: backend.name })) ?? true;
  return confirmed ? undefined : 'failed-trial';
}

async function load(backend: Backend, prospect: Prospect, settings: LoadSettings, options: LoadOptions): Promise<LoadedModel> {
  const { llama } = backend;
  const { file, fingerprint, window: wished, obstacle, leaveOutYarn } = prospect;
  // One cell more than the window: the library's own shift fires when the context is full.
  const size = Math.max(SMALLEST_CONTEXT, wished + 1);
  const model = await llama.loadModel({
    modelPath: file.path,
    gpuLayers: backend.name === 'cpu' ? 0 : { fitContext: { contextSize: size } },
    defaultContextSwaFullCache: true,
    ...(leaveOutYarn && { metadataOverrides: { [file.architecture]: { rope: { scaling: { type: 'none' } } } } }),
    onLoadProgress: options.onProgress,
    ...(options.signal && { loadSignal: options.signal }),
  });
  const chat = new ChatTokens(chatTokenizer(model), readChatFormat(file.chatTemplate, specialText(model)));
  const decodes = new DecodeCounter();
  const threads = cpuThreads(settings.threads, llama.cpuMathCores);
  const context = await model.createContext({
    contextSize: { min: SMALLEST_CONTEXT, max: size },
    sequences: 1,
    threads,
    // On a CPU it is no gain: the prefill of a message gets slower the fuller the cache is (docs/evaluation.md).
    flashAttention: backend.name === 'cpu' ? false : 'auto',
    batching: { itemPrioritizationStrategy: decodes.strategy },
  });
  const sequence = context.getSequence({
    contextShift: { strategy: refuseLibraryShift },
    checkpoints: { max: 0, interval: false },
  });
  const facts: ModelFacts = {
    path: file.path,
    name: file.name,
    architecture: file.architecture,
    fileBytes: file.fileBytes,
    trainedContext: file.trainedContext,
    window: Math.min(wished, context.contextSize - 1),
    wishedWindow: settings.window,
    backend: backend.name,
    devices: [...backend.devices],
    gpuLayers: model.gpuLayers,
    totalLayers: file.insights.totalLayers,
    threads,
    canShift: obstacle === undefined,
    shiftObstacle: obstacle,
    yarnLeftOut: leaveOutYarn,
  };
  return { facts, fingerprint, model, context, sequence, decodes, chat, dispose: () => llama.dispose() };
}

/** The library's own shift would silently evaluate the window again. Room is made before it could ever fire. */
function refuseLibraryShift(): never {
  throw new EndlessError('internal', { reason: 'context shift of the library' });
}

function chatTokenizer(model: LlamaModel): ChatTokenizer {
  const { bos, bosString, shouldPrependBosToken } = model.tokens;
  return {
    tokenize: (text, specialTokens, options): Token[] => model.tokenize(text, specialTokens, options),
    bos: shouldPrependBosToken && bos !== null && bosString !== null ? { token: bos, text: bosString } : undefined,
  };
}

function specialText(model: LlamaModel): { readonly bos: string; readonly eos: string } {
  return { bos: model.tokens.bosString ?? '', eos: model.tokens.eosString ?? '' };
}

async function loadError(error: unknown, file: ModelFile): Promise<EndlessError> {
  if (error instanceof EndlessError) return error;
  const { InsufficientMemoryError } = await nativeLibrary();
  return new EndlessError(
    error instanceof InsufficientMemoryError ? 'out-of-memory' : 'model-load-failed',
    { path: file.path, bytes: file.fileBytes },
    error,
  );
}
