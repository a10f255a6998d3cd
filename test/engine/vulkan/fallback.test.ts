import './software-vulkan.ts';
import { Llama, LlamaModel, type LlamaContextOptions } from 'node-llama-cpp';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { openModel } from '../../../src/bench/open-model.ts';
import { writeZooModel } from '../../../src/bench/zoo/zoo.ts';
import type { ModelFacts } from '../../../src/shared/protocol/model-facts.ts';

afterEach(() => vi.restoreAllMocks());

/** What becomes of a model that is wished with a window of 1,024 tokens. */
async function loadedFacts(): Promise<ModelFacts> {
  const path = await writeZooModel({ name: 'llama', layers: 3, bos: true });
  const { loaded } = await openModel({ path, window: 1024, threads: 1, gpu: 'auto' });
  await loaded.dispose();
  return loaded.facts;
}

/** Lets the library have no more of the GPU's memory than so many bytes beyond what it leaves alone. */
function capMemory(bytes: number): void {
  const load = Llama.prototype.loadModel;
  vi.spyOn(Llama.prototype, 'loadModel').mockImplementation(async function (this: Llama, options) {
    await this.setVramCap(bytes + this.vramPaddingSize / 2);
    return load.call(this, options);
  });
}

/** Has the GPU fail to allocate contexts of more than so many cells, whatever the estimates say. */
function failBeyond(cells: number): void {
  const create = LlamaModel.prototype.createContext;
  vi.spyOn(LlamaModel.prototype, 'createContext').mockImplementation(async function (this: LlamaModel, options: LlamaContextOptions = {}) {
    if (this.llama.gpu !== false && Number(options.contextSize) > cells) throw new Error('Failed to create context');
    return create.call(this, options);
  });
}

describe('a model that the memory of the GPU is not enough for', () => {
  it('runs on the CPU where nothing can be allocated, with its whole window, and says why', async () => {
    capMemory(10_000);
    const { backend, backendReason, fallback, gpuLayers, window } = await loadedFacts();
    expect({ backend, backendReason, fallback, gpuLayers, window }).toEqual({
      backend: 'cpu',
      backendReason: 'no-room',
      fallback: 'cpu',
      gpuLayers: 0,
      window: 1024,
    });
  });

  it('has half the window there where all of it cannot be allocated after all, and says so', async () => {
    failBeyond(1000);
    const facts = await loadedFacts();
    expect(facts).toMatchObject({ backend: 'vulkan', fallback: 'smaller-window', window: 512, wishedWindow: 1024, windowLimit: 'memory' });
  });

  it('leaves out what is beside the conversation before it gives up any of the window', async () => {
    failBeyond(1100);
    const facts = await loadedFacts();
    expect(facts).toMatchObject({ backend: 'vulkan', window: 1024, fallback: undefined, windowLimit: undefined });
    expect(facts.reserveCut!.tokens).toBeLessThan(facts.reserveCut!.wished);
  });

  it('goes to the CPU where even half the window cannot be allocated', async () => {
    failBeyond(0);
    expect(await loadedFacts()).toMatchObject({ backend: 'cpu', backendReason: 'no-room', fallback: 'cpu', window: 1024 });
  });
});
