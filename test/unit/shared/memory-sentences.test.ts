import { expect, it } from 'vitest';
import type { Localizer } from '../../../src/shared/error-sentences.ts';
import { memorySentences } from '../../../src/shared/memory-sentences.ts';
import { BACKEND_REASONS, type ModelFacts } from '../../../src/shared/protocol/model-facts.ts';

const english: Localizer = {
  t: (message: string, args: Record<string, string | number> = {}) =>
    message.replace(/\{(\w+)\}/g, (hole, name: string) => String(args[name] ?? hole)),
};
const MODEL: ModelFacts = {
  path: '/m/a.gguf',
  name: 'A',
  architecture: 'llama',
  fileBytes: 1,
  trainedContext: 4096,
  window: 4096,
  wishedWindow: 4096,
  backend: 'cpu',
  devices: [],
  gpuLayers: 0,
  totalLayers: 4,
  threads: 1,
  canShift: true,
  yarnLeftOut: false,
};
const said = (change: Partial<ModelFacts>): readonly string[] => memorySentences(english, { model: { ...MODEL, ...change } }, String);

it.each(BACKEND_REASONS.filter((reason) => reason !== 'no-cuda'))(
  'a model on the CPU because of %s is not said to be on another back end',
  (backendReason) => {
    expect(said({ backendReason })).toEqual([expect.stringMatching(/^CPU: /)]);
  },
);

it('a model on Vulkan is said to be there', () => {
  expect(said({ backend: 'vulkan', gpuLayers: 4, backendReason: 'cuda-unusable' })).toEqual([expect.stringMatching(/^Vulkan: /)]);
});
