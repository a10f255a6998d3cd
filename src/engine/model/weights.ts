import type { LlamaModel } from 'node-llama-cpp';
import { EndlessError } from '../../shared/errors.ts';
import type { EngineSettings } from '../../shared/protocol.ts';
import { loadError } from './load-error.ts';
import { fingerprintOf, inspectModelFile, type ModelFile } from './model-file.ts';
import { chooseBackend, cpuThreads, type Backend, type NativeLog } from './native-library.ts';
import { cellsFor } from './role-context.ts';
import { shiftFacts, shiftObstacle, worksWithoutYarn, type ShiftObstacle } from './shift-capability.ts';
import type { ShiftCandidate } from './shift-trial.ts';

/** The settings that need the model or its context loaded anew when they change. */
export type LoadSettings = Pick<EngineSettings, 'modelPath' | 'window' | 'gpu' | 'threads'>;

/** A model in memory, ready for contexts to be opened on it. */
export interface Weights {
  readonly file: ModelFile;
  readonly fingerprint: string;
  readonly backend: Backend;
  readonly model: LlamaModel;
  readonly threads: number;
  /** Tokens that the largest context is to hold: layers are placed so that it fits, too. */
  readonly window: number;
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
  /** Confirms that a model can shift whose metadata say so; without it they are believed. */
  readonly confirmShift?: (candidate: ShiftCandidate) => Promise<boolean>;
}

/** Opens what a model is loaded for. */
export type OpenOn<T> = (weights: Weights) => Promise<T>;

/** A model with what was opened on it. */
export interface Loaded<T> {
  readonly weights: Weights;
  readonly opened: T;
}

/** What is found out before anything large is loaded. */
type Prospect = Pick<Weights, 'file' | 'fingerprint' | 'window' | 'reserve' | 'obstacle' | 'yarnLeftOut'>;

/**
 * Loads a model on the best back end there is, and opens a context on it. What a GPU cannot hold is tried on the CPU.
 *
 * @throws EndlessError with the code of what is wrong with the file, the memory or the installation.
 */
export async function loadWeights<T>(settings: LoadSettings, options: LoadOptions, open: OpenOn<T>): Promise<Loaded<T>> {
  const file = await inspectModelFile(settings.modelPath);
  const backend = await chooseBackend(settings, options.log);
  try {
    return await loadWeightsOn(backend, file, settings, options, open);
  } catch (error) {
    if (backend.name === 'cpu' || !isForLackOfRoom(error)) throw error;
    options.log('warn', `${backend.name} failed, going on with the CPU: ${String(error)}`);
    return loadWeightsOn(await chooseBackend({ ...settings, gpu: 'off' }, options.log), file, settings, options, open);
  }
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
): Promise<Loaded<T>> {
  try {
    const fingerprint = await fingerprintOf(file);
    const [shift, window] = [shiftFacts(file.info, file.insights), wishedTokens(file, settings)];
    const obstacle = shiftObstacle(shift, window) ?? (await failedTrial(backend, fingerprint, settings, options));
    const yarnLeftOut = obstacle === undefined && worksWithoutYarn(shift, window);
    if (yarnLeftOut)
      options.log('info', 'YaRN is left out: the window is no larger than the original context, and so the cache can roll\n');
    const wished = reserveOf(window, file);
    // Without YaRN positions are good only up to the original context.
    const reserve = yarnLeftOut && !worksWithoutYarn(shift, window + wished) ? 0 : wished;
    const weights = await load(backend, { file, fingerprint, window, reserve, obstacle, yarnLeftOut }, settings, options);
    return { weights, opened: await open(weights) };
  } catch (error) {
    await backend.llama.dispose();
    options.signal?.throwIfAborted();
    throw await loadError(error, file);
  }
}

/** Part of the window that is allocated besides, for what is asked beside the conversation. */
const RESERVE = 1 / 4;

/** Tokens besides the window, within what the model was trained for. */
export function reserveOf(window: number, { trainedContext }: Pick<ModelFile, 'trainedContext'>): number {
  const wished = Math.floor(window * RESERVE);
  return trainedContext > 0 ? Math.max(0, Math.min(wished, trainedContext - window)) : wished;
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

async function load(backend: Backend, prospect: Prospect, { threads }: LoadSettings, options: LoadOptions): Promise<Weights> {
  const { llama } = backend;
  const { file, window, reserve, yarnLeftOut } = prospect;
  const model = await llama.loadModel({
    modelPath: file.path,
    gpuLayers: backend.name === 'cpu' ? 0 : { fitContext: { contextSize: cellsFor(window + reserve) } },
    defaultContextSwaFullCache: true,
    ...(yarnLeftOut && { metadataOverrides: { [file.architecture]: { rope: { scaling: { type: 'none' } } } } }),
    onLoadProgress: options.onProgress,
    ...(options.signal && { loadSignal: options.signal }),
  });
  return { ...prospect, backend, model, threads: cpuThreads(threads, llama.cpuMathCores), dispose: () => llama.dispose() };
}
