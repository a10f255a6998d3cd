import type * as NativeLibrary from 'node-llama-cpp';
import type { Llama, LlamaLogLevel } from 'node-llama-cpp';
import { EndlessError } from '../../shared/errors.ts';
import type { EngineSettings } from '../../shared/protocol/engine-settings.ts';
import type { BackendReason } from '../../shared/protocol/model-facts.ts';
import { listenAgain } from '../cache/native.ts';
import { backendReason } from './backend-reason.ts';

/** The library is loaded when a model is first needed: an engine that only keeps the transcript stays small. */
export async function nativeLibrary(): Promise<typeof NativeLibrary> {
  return import('node-llama-cpp').catch((cause: unknown) => {
    throw binaryMissing(cause);
  });
}

/** The version of node-llama-cpp; what is wrong with it where it cannot be loaded. */
export async function libraryVersion(): Promise<string> {
  try {
    return await (await nativeLibrary()).getModuleVersion();
  } catch (error) {
    return EndlessError.from(error).code;
  }
}

/** What is to be said when the library has no binary that runs on this machine. */
export function binaryMissing(cause: unknown): EndlessError {
  return new EndlessError('engine-binary-missing', { platform: `${process.platform}-${process.arch}` }, cause);
}

export interface Backend {
  readonly llama: Llama;
  readonly name: 'cpu' | 'metal' | 'cuda' | 'vulkan';
  readonly devices: readonly string[];
  /** Why llama.cpp could not load a model, in its own words, as far as it has said that until now. */
  readonly complaint: () => string | undefined;
  /** Why it is not a better one; absent where there can be none. */
  readonly reason?: BackendReason | undefined;
}

const COMPLAINT = /error loading model: (.+)/;

export type NativeLog = (level: `${LlamaLogLevel}`, message: string) => void;

/**
 * Chooses the back end: the best GPU that really has a device, else the CPU. Never compiles or downloads anything.
 *
 * @throws EndlessError `engine-binary-missing` when no back end for this platform is installed.
 */
export async function chooseBackend({ gpu, threads }: Pick<EngineSettings, 'gpu' | 'threads'>, logger: NativeLog): Promise<Backend> {
  const wantsGpu = gpu === 'auto';
  const best = wantsGpu ? await openBestBackend(threads, logger) : undefined;
  const isUsed = best && (best.name === 'cpu' || best.devices.length > 0);
  if (!isUsed) await best?.llama.dispose();
  const backend = isUsed ? best : await openBackend(false, threads, logger);
  const supported = wantsGpu ? await supportedGpus() : [];
  return { ...backend, reason: backendReason({ ...backend, wantsGpu, supported, tried: best?.name }) };
}

async function supportedGpus(): Promise<readonly Backend['name'][]> {
  const { getLlamaGpuTypes } = await nativeLibrary();
  return (await getLlamaGpuTypes('supported')).map(nameOf);
}

function nameOf(gpu: Llama['gpu']): Backend['name'] {
  return gpu === false ? 'cpu' : gpu;
}

async function openBestBackend(threads: number, logger: NativeLog): Promise<Backend | undefined> {
  try {
    return await openBackend('auto', threads, logger);
  } catch (error) {
    logger('warn', `no GPU can be used: ${EndlessError.from(error).toReport().detail ?? String(error)}`);
    return undefined;
  }
}

async function openBackend(gpu: 'auto' | false, threads: number, logger: NativeLog): Promise<Backend> {
  const { getLlama, LlamaLogLevel } = await nativeLibrary();
  let complaint: string | undefined;
  const hear: NativeLog = (level, message) => {
    complaint = COMPLAINT.exec(message)?.[1] ?? complaint;
    logger(level, message);
  };
  const llama = await getLlama({
    gpu,
    build: 'never',
    skipDownload: true,
    maxThreads: threads,
    logLevel: LlamaLogLevel.warn,
    logger: hear,
  }).catch((cause: unknown) => {
    throw binaryMissing(cause);
  });
  await listenAgain(llama);
  const devices = llama.gpu === false ? [] : await llama.getGpuDeviceNames();
  return { llama, name: nameOf(llama.gpu), devices, complaint: () => complaint };
}

/**
 * Threads for the CPU: one less than there are cores. With more threads than free cores the spin barriers between
 * operations can stall a decode for minutes.
 */
export function cpuThreads(wished: number, cores: number): number {
  return wished > 0 ? wished : Math.max(1, cores - 1);
}
