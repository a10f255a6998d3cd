import { totalmem } from 'node:os';
import { describe, expect, it } from 'vitest';
import { fitOf } from '../../../src/engine/catalogue/fit.ts';
import { lookAtMachine } from '../../../src/engine/catalogue/machine.ts';
import { rankCatalogue } from '../../../src/engine/catalogue/ranking.ts';
import { kvBytes } from '../../../src/engine/model/memory-use.ts';
import { CATALOGUE } from '../../../src/shared/catalogue.ts';
import type { Machine } from '../../../src/shared/ranked-models.ts';

const GB = 1e9;
const withGpu = (vram: number, ram = 32): Machine => ({
  backend: 'cuda',
  devices: ['GPU'],
  vramBytes: vram * GB,
  ramBytes: ram * GB,
  isUnified: false,
});
const withoutGpu = (ram: number): Machine => ({ backend: 'cpu', devices: [], vramBytes: 0, ramBytes: ram * GB, isUnified: false });
const unified = (ram: number): Machine => ({
  backend: 'metal',
  devices: ['Apple'],
  vramBytes: ram * 0.75 * GB,
  ramBytes: ram * GB,
  isUnified: true,
});

const modelOf = (id: string): (typeof CATALOGUE)[number] => CATALOGUE.find((model) => model.id === id)!;

describe('where a model fits', () => {
  const needs = { weights: 5 * GB, contextOnGpu: 2 * GB, contextOnCpu: GB };
  it.each([
    ['wholly on a GPU with room for it and its context', withGpu(8), 'gpu'],
    ['partly on one that is smaller', withGpu(6), 'partly'],
    ['on the CPU where there is none', withoutGpu(16), 'cpu'],
    ['nowhere when the user would have nothing left', withoutGpu(8), 'tooLarge'],
    ['nowhere when both together are too small', withGpu(2, 4), 'tooLarge'],
    ['on the GPU of a machine whose memory is one', unified(16), 'gpu'],
    ['but that memory counts once', unified(8), 'tooLarge'],
  ] as const)('%s', (_what, machine, fit) => {
    expect(fitOf(needs, machine)).toBe(fit);
  });
});

describe('the ranked catalogue', () => {
  it.each([withGpu(24), withGpu(8), withGpu(4), withoutGpu(32), withoutGpu(8), unified(16)])(
    'has every model, what fits before what does not, for %j',
    async (machine) => {
      const ranked = await rankCatalogue(machine, 8192);
      expect(ranked.map(({ id }) => id).toSorted()).toEqual(CATALOGUE.map(({ id }) => id).toSorted());
      const firstTooLarge = ranked.findIndex(({ fit }) => fit === 'tooLarge');
      if (firstTooLarge >= 0) expect(new Set(ranked.slice(firstTooLarge).map(({ fit }) => fit))).toEqual(new Set(['tooLarge']));
      expect(ranked.slice(0, 2).some(({ id }) => modelOf(id).abilities.includes('chat'))).toBe(true);
    },
  );

  it.each([
    [withGpu(24), 'qwen3-coder-30b-a3b', 'gpu'],
    [withGpu(8), 'qwen2.5-coder-7b', 'gpu'],
    [withoutGpu(32), 'qwen3-coder-30b-a3b', 'cpu'],
    [withoutGpu(16), 'qwen3-4b-instruct-2507', 'cpu'],
    [withoutGpu(8), 'qwen3-4b-instruct-2507', 'cpu'],
  ] as const)('begins for %j with %s', async (machine, id, fit) => {
    expect((await rankCatalogue(machine, 8192))[0]).toMatchObject({ id, fit });
  });

  it.each([4, 8, 12, 16, 24, 48])(
    'begins with a %d GB GPU with a model whose cache rolls, and whose licence is permissive',
    async (vram) => {
      const [first] = await rankCatalogue(withGpu(vram), 8192);
      expect(first).toMatchObject({ rolls: true, fit: 'gpu' });
      expect(modelOf(first!.id)).toMatchObject({ licence: { permissive: true } });
    },
  );

  it('says nothing of a GPU where there is none', async () => {
    const ranked = await rankCatalogue(withoutGpu(16), 8192);
    expect(ranked.filter(({ fit }) => fit === 'gpu' || fit === 'partly')).toEqual([]);
  });

  it('counts the cache: a larger window takes more, and no more than the model was trained for', async () => {
    const [small, large] = [await rankCatalogue(withGpu(24), 4096), await rankCatalogue(withGpu(24), 100_000)];
    for (const { id, memoryBytes } of small) expect(large.find((one) => one.id === id)?.memoryBytes).toBeGreaterThan(memoryBytes);
    expect(large.find(({ id }) => id === 'qwen2.5-coder-7b')).toMatchObject({ window: 32_768 });
  });

  it('estimates at least the weights with all keys and values, and not much more', async () => {
    for (const { id, memoryBytes, window } of await rankCatalogue(withGpu(80), 8192)) {
      const { measures, approximateBytes } = modelOf(id);
      const { layers, embedding, heads, kvHeads, keyLength, valueLength = keyLength } = measures;
      const attention = { head_count: heads, head_count_kv: kvHeads, key_length: keyLength, value_length: valueLength };
      const cache = kvBytes({ block_count: layers, embedding_length: embedding, attention }, window) ?? 0;
      expect(memoryBytes, id).toBeGreaterThan(approximateBytes + cache);
      expect(memoryBytes, id).toBeLessThan(approximateBytes + 2 * cache + 2.5 * GB);
    }
  });

  it('knows whose cache cannot roll in which window', async () => {
    const fixed = async (window: number): Promise<readonly string[]> =>
      (await rankCatalogue(withGpu(24), window)).filter(({ rolls }) => !rolls).map(({ id }) => id);
    expect((await fixed(8192)).toSorted()).toEqual(['deepseek-coder-v2-lite', 'gemma-3-12b', 'gemma-3-4b', 'gpt-oss-20b']);
    expect((await fixed(1024)).toSorted()).toEqual(['deepseek-coder-v2-lite', 'gpt-oss-20b']);
  });
});

it('the machine is what the library says it is', async () => {
  const machine = await lookAtMachine({ gpu: 'off', threads: 1 }, () => undefined);
  expect(machine).toEqual({ backend: 'cpu', devices: [], vramBytes: 0, ramBytes: totalmem(), isUnified: false });
});
