import type { BackendReason } from '../../shared/protocol/model-facts.ts';
import type { Backend } from './native-library.ts';

/** How a back end came to be chosen. */
export interface Choice extends Pick<Backend, 'name' | 'devices'> {
  /** Whether a GPU was to be used if there is one. */
  readonly wantsGpu: boolean;
  /** The kinds of GPU whose drivers and runtimes are on this machine. */
  readonly supported: readonly Backend['name'][];
  /** The back end that was opened first, if that was another one. */
  readonly tried: Backend['name'] | undefined;
}

/** Vulkan names the devices of this maker so; its GPUs are faster with CUDA. */
const NVIDIA = /nvidia/i;

/** Why it is not a better back end; `undefined` where there can be none. */
export function backendReason({ name, devices, wantsGpu, supported, tried }: Choice): BackendReason | undefined {
  if (!wantsGpu) return 'turned-off';
  const hasCuda = supported.includes('cuda');
  if (name === 'vulkan') {
    if (hasCuda) return 'cuda-unusable';
    return devices.some((device) => NVIDIA.test(device)) ? 'no-cuda' : undefined;
  }
  if (name !== 'cpu') return undefined;
  if (supported.every((kind) => kind === 'cpu')) return 'no-gpu';
  // CUDA is tried first: where that was not opened its back end is missing, or does not work, whatever came of the others.
  if (hasCuda && tried !== 'cuda') return 'cuda-unusable';
  // A back end that could be opened has looked for devices.
  return tried === undefined || tried === 'cpu' ? 'gpu-failed' : 'no-device';
}
