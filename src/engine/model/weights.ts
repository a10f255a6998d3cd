import { setImmediate } from 'node:timers/promises';
import type { LlamaModel } from 'node-llama-cpp';
import { EndlessError } from '../../shared/errors.ts';
import type { EngineSettings } from '../../shared/protocol/engine-settings.ts';
import type { Fallback } from '../../shared/protocol/model-facts.ts';
import { ContextPlan } from './context-plan.ts';
import { contextMemory } from './free-memory.ts';
import type { LoadAttempts } from './load-attempts.ts';
import { loadError } from './load-error.ts';
import { fingerprintOf, inspectModelFile, type ModelFile } from './model-file.ts';
import { cellsFor, SMALLEST_CONTEXT } from './memory-plan.ts';
import { canQuantizeValues } from './memory-use.ts';
import { chooseBackend, cpuThreads, nativeLibrary, type Backend, type NativeLog } from './native-library.ts';
import { shiftFacts, shiftObstacle, worksWithoutYarn, type ShiftObstacle } from './shift-capability.ts';
import type { ShiftCandidate } from './shift-trial.ts';

/** The settings that need the model or its context loaded anew when they change. */
export type LoadSettings = Pick<EngineSettings, 'modelPath' | 'window' | 'gpu' | 'threads' | 'quantizedValues'>;

/** A model in memory, ready for contexts to be opened on it. */
export interface Weights {
  readonly file: ModelFile;
  readonly fingerprint: string;
  readonly backend: Backend;
  readonly model: LlamaModel;
  readonly threads: number;
  readonly flashAttention: boolean | 'auto';
  /** Whether the values of its caches are kept in 8 bits, and whether that was wished. */
  readonly quantizesValues: boolean;
  readonly wishesQuantizedValues: boolean;
  /** The contexts that stand on it, and how large further ones may be. */
  readonly contexts: ContextPlan;
  /** What was given up so that it could be loaded at all. */
  readonly fallback: Fallback | undefined;
  /** To be called when its device decodes no more. */
  readonly onDeviceLost: (error: unknown) => void;
  /** Tokens that the largest context is to hold: layers are placed so that it fits, too. */
  readonly window: number;
  /** Tokens that it must hold here, since elsewhere it could hold more. */
  readonly leastWindow: number;
  /** Tokens besides the window of the chat, for what is asked beside the conversation. */
  readonly reserve: number;
  /** Why positions cannot be shifted, if they cannot. */
  readonly obstacle: ShiftObstacle | undefined;
  /** Whether the file asks for YaRN and the model was loaded without. */
  readonly yarnLeftOut: boolean;
  /** Frees the model and every context on it. */
  dispose(): Promise<void>;
}

export interface LoadOptions {
  readonly log: NativeLog;
  /** Part of the file that is loaded, 0 to 1. */
  readonly onProgress: (fraction: number) => void;
  /** Ends loading; its reason is then thrown. */
  readonly signal?: AbortSignal;
  /** Called when other contexts stand on the model than before. */
  readonly onContexts?: () => void;
  /** Called when a GPU decodes no more, as after sleep: nothing on it can be trusted then. */
  readonly onDeviceLost?: (error: unknown) => void;
  /** Confirms that a model can shift whose metadata say so; without it they are believed. */
  readonly confirmShift?: (candidate: ShiftCandidate) => Promise<boolean>;
  /** Bounds how often engines may die of a model; without it, as often as it is loaded. */
  readonly attempts?: LoadAttempts;
}

/** Opens what a model is loaded for. */
export type OpenOn<T> = (weights: Weights) => Promise<T>;

/** A model with what was opened on it. */
export interface Loaded<T> {
  readonly weights: Weights;
  readonly opened: T;
}

/** What is found out before anything large is loaded. */
type Prospect = Pick<Weights, 'file' | 'fingerprint' | 'window' | 'leastWindow' | 'reserve' | 'obstacle' | 'yarnLeftOut' | 'fallback'>;

/** A way to load a model. */
interface Way {
  /** What is given up by it. */
  readonly fallback?: Fallback;
  /** Parts of the layers that may be on the GPU, and of the window. */
  readonly layers?: number;
  readonly window?: number;
}

/**
 * The ways to load a model on a GPU, each of which asks less of it than the one before. The window is halved at most: the CPU holds
 * all of it, and a chat that forgets soon is no better than one that is slow.
 */
const WAYS_ON_GPU: readonly [Way, ...Way[]] = [
  {},
  { fallback: 'fewer-layers', layers: 1 / 2 },
  { fallback: 'smaller-window', window: 1 / 2 },
];
const ON_CPU: Way = { fallback: 'cpu' };

/** Tokens for which there is to be room on the GPU besides the chat, so that there are completions when the layers fill it. */
const LEAST_BESIDE = 1024;

/**
 * Loads a model on the best back end there is, and opens a context on it. What a GPU cannot hold is tried with fewer layers on it,
 * with a smaller window, and on the CPU.
 *
 * @throws EndlessError with the code of what is wrong with the file, the memory or the installation.
 */
export async function loadWeights<T>(settings: LoadSettings, options: LoadOptions, open: OpenOn<T>): Promise<Loaded<T>> {
  const file = await inspectModelFile(settings.modelPath);
  const backend = await chooseBackend(settings, options.log);
  if (backend.name === 'cpu') return loadWeightsOn(backend, file, settings, options, open);
  const attempt = async (way: Way, on: Backend): Promise<Loaded<T> | undefined> => {
    try {
      return await loadWeightsOn(on, file, settings, options, open, way);
    } catch (error) {
      if (!isForLackOfRoom(error)) throw error;
      const { detail = '' } = EndlessError.from(error).toReport();
      options.log('warn', `${on.name} cannot hold the model (${way.fallback ?? 'as planned'}): ${String(error)} ${detail}`);
      return undefined;
    }
  };
  const [first, ...others] = WAYS_ON_GPU;
  let loaded = await attempt(first, backend);
  for (const other of others) loaded ??= await attempt(other, await chooseBackend(settings, options.log));
  if (loaded) return loaded;
  const cpu = await chooseBackend({ ...settings, gpu: 'off' }, options.log);
  return loadWeightsOn({ ...cpu, reason: 'no-room' }, file, settings, options, open, ON_CPU);
}

/** Whether another back end may succeed where this one has failed. */
function isForLackOfRoom(error: unknown): boolean {
  return error instanceof EndlessError && (error.code === 'out-of-memory' || error.code === 'model-load-failed');
}

/** Loads a model on the given back end, which goes with the model, also when loading fails. */
export async function loadWeightsOn<T>(
  backend: Backend,
  file: ModelFile,
  settings: LoadSettings,
  options: LoadOptions,
  open: OpenOn<T>,
  way: Way = {},
): Promise<Loaded<T>> {
  try {
    const fingerprint = await fingerprintOf(file);
    const loadAndOpen = async (): Promise<Loaded<T>> => {
      const prospect = await prospectOf(backend, file, fingerprint, settings, options, way);
      const weights = await load(backend, prospect, settings, options, way);
      return { weights, opened: await open(weights) };
    };
    return await (options.attempts?.run({ path: file.path, fingerprint, backend: backend.name }, loadAndOpen) ?? loadAndOpen());
  } catch (error) {
    // What llama.cpp has said about it is still on its way.
    await setImmediate();
    await backend.llama.dispose();
    options.signal?.throwIfAborted();
    throw await loadError(error, file, backend.complaint());
  }
}

async function prospectOf(
  backend: Backend,
  file: ModelFile,
  fingerprint: string,
  settings: LoadSettings,
  options: LoadOptions,
  way: Way,
): Promise<Prospect> {
  const [shift, window] = [shiftFacts(file.info, file.insights), wishedTokens(file, settings, way)];
  const obstacle = shiftObstacle(shift, window) ?? (await failedTrial(backend, fingerprint, settings, options));
  const yarnLeftOut = obstacle === undefined && worksWithoutYarn(shift, window);
  if (yarnLeftOut) options.log('info', 'YaRN is left out: the window is no larger than the original context, and so the cache can roll\n');
  const wished = reserveOf(window, file);
  // Without YaRN positions are good only up to the original context.
  const reserve = yarnLeftOut && !worksWithoutYarn(shift, window + wished) ? 0 : wished;
  const leastWindow = backend.name === 'cpu' ? SMALLEST_CONTEXT : window;
  return { file, fingerprint, window, leastWindow, reserve, obstacle, yarnLeftOut, fallback: way.fallback };
}

/** Part of the window that is allocated besides, for what is asked beside the conversation. */
const RESERVE = 1 / 4;

/** Tokens besides the window, within what the model was trained for. */
export function reserveOf(window: number, { trainedContext }: Pick<ModelFile, 'trainedContext'>): number {
  const wished = Math.floor(window * RESERVE);
  return trainedContext > 0 ? Math.max(0, Math.min(wished, trainedContext - window)) : wished;
}

/** Tokens the cache is to hold: no more than the model was trained for, where that is known. */
function wishedTokens({ trainedContext }: ModelFile, { window }: LoadSettings, { window: share = 1 }: Way): number {
  return Math.floor(Math.min(window, trainedContext || window) * share);
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

async function load(
  backend: Backend,
  prospect: Prospect,
  { threads, quantizedValues }: LoadSettings,
  options: LoadOptions,
  { layers = 1 }: Way,
): Promise<Weights> {
  const { llama } = backend;
  const { file, window, reserve, yarnLeftOut } = prospect;
  // Without it values cannot be quantized. On a CPU it is no gain else: the prefill of a message gets slower the fuller the cache is (docs/evaluation.md).
  const quantizesValues = quantizedValues && canQuantizeValues(file);
  const flashAttention = quantizesValues || (backend.name === 'cpu' ? false : 'auto');
  const { GgmlType } = await nativeLibrary();
  const valueType = quantizesValues ? GgmlType.Q8_0 : GgmlType.F16;
  const fitted = {
    fitContext: { contextSize: cellsFor(window + reserve + LEAST_BESIDE) },
    max: Math.floor(file.insights.totalLayers * layers),
  };
  const model = await llama.loadModel({
    modelPath: file.path,
    gpuLayers: backend.name === 'cpu' ? 0 : fitted,
    defaultContextSwaFullCache: true,
    defaultContextFlashAttention: flashAttention,
    // Called unstable for what the library does not check, and `canQuantizeValues` does: blocks that do not fit into heads, no flash attention.
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- there is no other way
    ...(quantizesValues && { experimentalDefaultContextKvCacheValueType: valueType }),
    ...(yarnLeftOut && { metadataOverrides: { [file.architecture]: { rope: { scaling: { type: 'none' } } } } }),
    onLoadProgress: options.onProgress,
    ...(options.signal && { loadSignal: options.signal }),
  });
  const contexts = new ContextPlan(contextMemory(llama, model, { flashAttention, valueType }), options.onContexts);
  const dispose = (): Promise<void> => llama.dispose();
  const { onDeviceLost = (): void => undefined } = options;
  return {
    ...prospect,
    backend,
    model,
    threads: cpuThreads(threads, llama.cpuMathCores),
    flashAttention,
    quantizesValues,
    wishesQuantizedValues: quantizedValues,
    contexts,
    onDeviceLost,
    dispose,
  };
}
