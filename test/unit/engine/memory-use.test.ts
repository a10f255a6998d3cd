import { setImmediate as nextTick } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { kvBytes, MemoryUse } from '../../../src/engine/model/memory-use.ts';

describe('the bytes of keys and values', () => {
  const qwen = { block_count: 28, embedding_length: 3584, attention: { head_count: 28, head_count_kv: 4 } };

  it('are two bytes for each value of each key-value head in each layer', () => {
    expect(kvBytes(qwen, 1)).toBe(28 * 4 * (128 + 128) * 2);
    expect(kvBytes(qwen, 8192)).toBe(469_762_048);
  });

  it('go by the lengths that the file names, if it does', () => {
    const attention = { head_count: 4, head_count_kv: 2, key_length: 64, value_length: 64 };
    expect(kvBytes({ block_count: 6, embedding_length: 256, attention }, 768)).toBe(2.25 * 1024 * 1024);
  });

  it('are fewer where values are quantized: a byte each, and a scale of two bytes for every 32', () => {
    expect(kvBytes(qwen, 1, true)).toBe(28 * 4 * (128 * 2 + (128 / 32) * 34));
  });

  it('count every head where none are shared', () => {
    expect(kvBytes({ block_count: 1, embedding_length: 64, attention: { head_count: 4 } }, 1)).toBe(64 * 2 * 2);
  });

  it.each([
    ['a compressed cache', { head_count: 4, kv_lora_rank: 512 }],
    ['layers that use the keys of others', { head_count: 4, shared_kv_layers: 10 }],
    ['layers of different sizes', { head_count: 4, head_count_kv: [4, 2] }],
    ['layers with a window of another size', { head_count: 4, key_length_swa: 32 }],
  ])('are not guessed with %s', (_, attention) => {
    expect(kvBytes({ block_count: 2, embedding_length: 64, attention }, 1)).toBeUndefined();
  });
});

describe('what the engine takes', () => {
  function memory(gpu?: () => Promise<{ gpuBytes: number; gpuTotalBytes: number }>) {
    const sources = { kvBytes: 5, processBytes: vi.fn(() => 1000), gpu: gpu && vi.fn(gpu), now: vi.fn(() => 0) };
    return { sources, use: new MemoryUse(sources) };
  }

  it('is read once a second, however often somebody asks', () => {
    const { sources, use } = memory();
    expect([use.reading, use.reading]).toEqual([
      { kvBytes: 5, processBytes: 1000 },
      { kvBytes: 5, processBytes: 1000 },
    ]);
    sources.now.mockReturnValue(999);
    expect(use.reading.processBytes).toBe(1000);
    expect(sources.processBytes).toHaveBeenCalledTimes(1);
    sources.now.mockReturnValue(1000);
    sources.processBytes.mockReturnValue(2000);
    expect(use.reading.processBytes).toBe(2000);
  });

  it('is not read while nobody asks', () => {
    expect(memory().sources.processBytes).not.toHaveBeenCalled();
  });

  it('says what the GPU says as soon as that is known', async () => {
    const { use } = memory(() => Promise.resolve({ gpuBytes: 6, gpuTotalBytes: 16 }));
    expect(use.reading.gpuBytes).toBeUndefined();
    await nextTick();
    expect(use.reading).toEqual({ kvBytes: 5, processBytes: 1000, gpuBytes: 6, gpuTotalBytes: 16 });
  });

  it('leaves out what a driver does not tell', async () => {
    const { use } = memory(() => Promise.reject(new Error('lost')));
    expect(use.reading.processBytes).toBe(1000);
    await nextTick();
    expect(use.reading).toEqual({ kvBytes: 5, processBytes: 1000 });
  });
});
