import type * as NativeLibrary from 'node-llama-cpp';
import type { Llama, LlamaLogLevel } from 'node-llama-cpp';
import { EndlessError } from '../../shared/errors.ts';
import type { EngineSettings } from '../../shared/protocol.ts';

/** The library is loaded when a model is first needed: an engine that only keeps the transcript stays small. */
export async function nativeLibrary(): Promise<typeof NativeLibrary> {
  return import('node-llama-cpp').catch((cause: unknown) => {
    throw binaryMissing(cause);
  });
}

function binaryMissing(cause: unknown): EndlessError {
  return new EndlessError('engine-binary-missing', { platform: `${process.platform}-${process.arch}` }, cause);
}

export interface Backend {
  readonly llama: Llama;
  readonly name: 'cpu' | 'metal' | 'cuda' | 'vulkan';
  readonly devices: readonly string[];
}

export type NativeLog = (level: `${LlamaLogLevel}`, message: string) => void;

/**
 * Chooses the back end: the best GPU that really has a device, else the CPU. Never compiles or downloads anything.
 *
 * @throws EndlessError `engine-binary-missing` when no back end for this platform is installed.
 */
export async function chooseBackend(settings: Pick<EngineSettings, 'gpu' | 'threads'>, logger: NativeLog): Promise<Backend> {
  const onGpu = settings.gpu === 'auto' ? await openBestBackend(settings.threads, logger) : undefined;
  if (onGpu && onGpu.name !== 'cpu' && onGpu.devices.length > 0) return onGpu;
  if (onGpu?.name === 'cpu') return onGpu;
  await onGpu?.llama.dispose();
  return openBackend(false, settings.threads, logger);
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
  const llama = await getLlama({
    gpu,
    build: 'never',
    skipDownload: true,
    maxThreads: threads,
    logLevel: LlamaLogLevel.warn,
    logger,
  }).catch((cause: unknown) => {
    throw binaryMissing(cause);
  });
  return { llama, name: llama.gpu === false ? 'cpu' : llama.gpu, devices: llama.gpu === false ? [] : await llama.getGpuDeviceNames() };
}

/**
 * Threads for the CPU: one less than there are cores. With more threads than free cores the spin barriers between
 * operations can stall a decode for minutes.
 */
export function cpuThreads(wished: number, cores: number): number {
  return wished > 0 ? wished : Math.max(1, cores - 1);
}
