import { expect, it } from 'vitest';
import { backendReason, type Choice } from '../../../src/engine/model/backend-reason.ts';

const choice = (change: Partial<Choice>): Choice => ({
  name: 'cpu',
  devices: [],
  wantsGpu: true,
  supported: ['cpu'],
  tried: 'cpu',
  ...change,
});
const vulkan = (device: string): Partial<Choice> => ({ name: 'vulkan', devices: [device], supported: ['vulkan', 'cpu'], tried: 'vulkan' });

it.each<[string, Partial<Choice>, ReturnType<typeof backendReason>]>([
  ['CUDA is the best', { name: 'cuda', devices: ['NVIDIA RTX'], supported: ['cuda', 'vulkan', 'cpu'], tried: 'cuda' }, undefined],
  ['Metal is the best', { name: 'metal', devices: ['Apple M4'], supported: ['metal'], tried: 'metal' }, undefined],
  ['Vulkan is the best for other GPUs', vulkan('AMD Radeon RX 7800 XT'), undefined],
  ['Vulkan where an NVIDIA GPU has no CUDA', vulkan('NVIDIA GeForce RTX 4070'), 'no-cuda'],
  ['Vulkan although there is CUDA', { ...vulkan('NVIDIA GeForce RTX 4070'), supported: ['cuda', 'vulkan', 'cpu'] }, 'cuda-unusable'],
  ['no GPU is wished', { wantsGpu: false, supported: [], tried: undefined }, 'turned-off'],
  ['no driver of a GPU is there', {}, 'no-gpu'],
  ['a driver without a device', { supported: ['vulkan', 'cpu'], tried: 'vulkan' }, 'no-device'],
  ['a back end that the library could not use', { supported: ['vulkan', 'cpu'], tried: 'cpu' }, 'gpu-failed'],
  ['CUDA without its back end, and no Vulkan', { supported: ['cuda', 'cpu'], tried: 'cpu' }, 'cuda-unusable'],
  ['CUDA without its back end, in a library that could not be opened', { supported: ['cuda', 'cpu'], tried: undefined }, 'cuda-unusable'],
  [
    'CUDA without its back end, and a Vulkan that knows of no device',
    { supported: ['cuda', 'vulkan', 'cpu'], tried: 'vulkan' },
    'cuda-unusable',
  ],
  ['CUDA with its back end, and no device', { supported: ['cuda', 'vulkan', 'cpu'], tried: 'cuda' }, 'no-device'],
  ['a library that could not be opened', { supported: ['vulkan', 'cpu'], tried: undefined }, 'gpu-failed'],
])('%s', (_what, change, reason) => {
  expect(backendReason(choice(change))).toBe(reason);
});
