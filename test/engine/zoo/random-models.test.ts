import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TENSOR_TYPES, tensorBytes, uint32, writeGguf, type TensorType } from '../../../src/bench/models/gguf-writer.ts';
import { randomWeights } from '../../../src/bench/models/random-weights.ts';
import { SHAPES, writeShape, type Shape } from '../../../src/bench/models/shapes.ts';
import { loadModel } from '../../../src/engine/model/loaded-model.ts';
import { testSettings } from '../bundled-model.ts';

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'endless-models-'));
});

afterAll(() => rm(directory, { recursive: true }));

function weights(type: TensorType, seed: string): Buffer {
  return Buffer.concat([...randomWeights(type, 64_000, { mean: 0, deviation: 0.5 }, seed)]);
}

describe('random weights', () => {
  it.each(Object.keys(TENSOR_TYPES) as TensorType[])('in %s are the same for the same seed only', (type) => {
    expect(weights(type, 'a')).toHaveLength(tensorBytes({ shape: [640, 100], type }));
    expect(weights(type, 'a')).toEqual(weights(type, 'a'));
    expect(weights(type, 'a')).not.toEqual(weights(type, 'b'));
  });

  it('have the mean and the deviation asked for', () => {
    const numbers = new Float32Array(Uint8Array.from(weights('F32', 'a')).buffer);
    const mean = numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
    const variance = numbers.reduce((sum, value) => sum + (value - mean) ** 2, 0) / numbers.length;
    expect(mean).toBeCloseTo(0, 1);
    expect(Math.sqrt(variance)).toBeCloseTo(0.5, 2);
  });
});

describe('a model file', () => {
  it('refuses data of another size than its tensor', async () => {
    const tensor = { name: 'short', shape: [64, 2], type: 'F32', data: randomWeights('F32', 64, { mean: 0, deviation: 1 }, '') } as const;
    await expect(writeGguf(join(directory, 'short.gguf'), { key: uint32(1) }, [tensor])).rejects.toThrow(RangeError);
    await expect(readFile(join(directory, 'short.gguf'))).rejects.toThrow('ENOENT');
  });
});

describe('a model in a well-known shape', () => {
  const small = { layers: 2, width: 128, heads: 4, kvHeads: 2, feedForward: 256, vocabulary: 512 };

  it.each([
    ['0.5b', 'Q8_0'],
    ['1b', 'Q4_0'],
    ['7b', 'F16'],
  ] as const)('like %s in %s holds a conversation', async (name, type) => {
    const path = join(directory, `${name}.gguf`);
    const shape: Shape = { ...SHAPES[name], ...small };
    await writeShape(shape, path, { type });
    const loaded = await loadModel(testSettings({ modelPath: path }), { log: () => undefined, onProgress: () => undefined });
    expect(loaded.facts).toMatchObject({ canShift: true, trainedContext: shape.context, architecture: shape.architecture });
    expect(loaded.model.fileInsights.totalLayers).toBe(small.layers + 1);
    const text = 'One byte, one token: é.\n';
    const tokens = loaded.model.tokenize(text);
    expect(tokens).toHaveLength(Buffer.byteLength(text));
    expect(loaded.model.detokenize(tokens)).toBe(text);
    const [, ...rest] = loaded.model.tokenize('<|im_start|>Hi<|im_end|>', true);
    expect(rest).toHaveLength(3);
    expect(loaded.model.isEogToken(rest.at(-1))).toBe(true);
    const answer: number[] = [];
    for await (const token of loaded.sequence.evaluate(tokens, { temperature: 0 })) if (answer.push(token) === 8) break;
    expect(answer).toHaveLength(8);
    await loaded.dispose();
  });
});
