import './software-vulkan.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openModel } from '../../../src/bench/open-model.ts';
import { askOracle } from '../../../src/bench/oracle/oracle.ts';
import { writeZooModel } from '../../../src/bench/zoo/zoo.ts';
import { distributionAfter, divergence } from '../../../src/engine/cache/distribution.ts';
import type { LoadedModel } from '../../../src/engine/model/loaded-model.ts';
import { EXACT, ONE_EVICTION, questionTo } from '../oracle/zoo-model.ts';

let loaded: LoadedModel;
beforeAll(async () => {
  const path = await writeZooModel({ name: 'llama', layers: 1, bos: true });
  loaded = (await openModel({ path, window: 255, threads: 1, gpu: 'auto' })).loaded;
});
afterAll(() => loaded.dispose());

describe('quantized values on a GPU', () => {
  it('take less of its memory, and hold what a cache in 16 bits does', async () => {
    const path = await writeZooModel({ name: 'llama', layers: 1, bos: true });
    const { loaded: small } = await openModel({ path, window: 255, threads: 1, gpu: 'auto', quantizedValues: true });
    expect(small.facts).toMatchObject({ backend: 'vulkan', quantizedValues: true });
    expect(small.memory.reading.kvBytes).toBeLessThan(loaded.memory.reading.kvBytes!);
    const tokens = small.model.tokenize('One word after the other, and so on.');
    const said = async ({ sequence }: LoadedModel) => {
      await sequence.clearHistory();
      await sequence.evaluateWithoutGeneratingNewTokens(tokens.slice(0, -1));
      return distributionAfter(sequence, tokens.at(-1)!);
    };
    const kl = divergence(await said(loaded), await said(small));
    expect(kl).toBeGreaterThan(0);
    expect(kl).toBeLessThan(1e-3);
    await small.dispose();
  });
});

describe('a model on a GPU', () => {
  it('has all its layers there, and says so', () => {
    const { backend, backendReason, devices, gpuLayers, totalLayers, fallback, window } = loaded.facts;
    expect({ backend, backendReason, fallback, window }).toEqual({
      backend: 'vulkan',
      backendReason: undefined,
      fallback: undefined,
      window: 255,
    });
    expect(devices).toEqual([expect.stringContaining('llvmpipe')]);
    expect(gpuLayers).toBe(totalLayers);
  });

  it('says what memory there is, and what its context takes of it', async () => {
    expect(loaded.facts.deviceBytes).toBeGreaterThan(0);
    expect(loaded.context.memoryUsage.vram).toBeGreaterThan(loaded.memory.reading.kvBytes ?? Infinity);
    expect(loaded.memory.reading.gpuTotalBytes).toBe(loaded.facts.deviceBytes);
  });

  it('rolls its cache exactly: it equals a fresh prefill of what was kept', async () => {
    const { kl, evictions, misplaced, decodedAgain } = await askOracle({ ...questionTo(loaded), operations: ONE_EVICTION });
    expect({ misplaced, decodedAgain }).toEqual({ misplaced: 0, decodedAgain: 0 });
    expect(evictions).toBeGreaterThan(0);
    expect(kl).toBeLessThanOrEqual(EXACT);
  });
});
