/// <reference lib="esnext.float16" />
import { createCipheriv, createHash } from 'node:crypto';
import { TENSOR_TYPES, type TensorType } from './gguf-writer.ts';

/** What the weights of a tensor look like on the whole. */
export interface WeightDistribution {
  readonly mean: number;
  readonly deviation: number;
}

/** Blocks of weights that are made at a time. */
const PIECE_BLOCKS = 32_768;

/**
 * Makes random weights, the same ones for the same seed, in the encoding of the given type: normal ones for the
 * floating-point types, uniform ones for the quantized types, whose mean is always 0.
 *
 * @param count weights to make, a multiple of the type's block
 */
export function* randomWeights(
  type: TensorType,
  count: number,
  distribution: WeightDistribution,
  seed: string,
): Generator<Uint8Array, void, undefined> {
  const random = randomSource(seed);
  let blocks = count / TENSOR_TYPES[type].blockWeights;
  for (; blocks > 0; blocks -= PIECE_BLOCKS) yield encode(type, Math.min(blocks, PIECE_BLOCKS), distribution, random);
}

/** A function that gives that many random bytes. */
type RandomSource = (bytes: number) => Uint8Array<ArrayBuffer>;

/** The key stream of a cipher: even, repeatable, and made at gigabytes per second. */
function randomSource(seed: string): RandomSource {
  const key = createHash('sha256').update(seed).digest().subarray(0, 16);
  const cipher = createCipheriv('aes-128-ctr', key, Buffer.alloc(16));
  return (bytes) => new Uint8Array(cipher.update(Buffer.alloc(bytes)));
}

function encode(type: TensorType, blocks: number, distribution: WeightDistribution, random: RandomSource): Uint8Array {
  switch (type) {
    case 'F32':
      return bytesOf(normal(new Float32Array(blocks), distribution, random));
    case 'F16':
      return bytesOf(normal(new Float16Array(blocks), distribution, random));
    case 'Q4_0':
      return quantized(random(blocks * TENSOR_TYPES.Q4_0.blockBytes), TENSOR_TYPES.Q4_0.blockBytes, distribution.deviation / uniformDeviation(16));
    case 'Q8_0':
      return quantized(random(blocks * TENSOR_TYPES.Q8_0.blockBytes), TENSOR_TYPES.Q8_0.blockBytes, distribution.deviation / uniformDeviation(256));
  }
}

/** Sums of four uniform numbers, which are near enough to normal ones. */
function normal<T extends Float32Array | Float16Array>(weights: T, { mean, deviation }: WeightDistribution, random: RandomSource): T {
  const uniform = new Uint16Array(random(weights.length * 8).buffer);
  const scale = deviation / (uniformDeviation(65_536) * 2);
  for (let i = 0; i < weights.length; i += 1) {
    let sum = -2 * 65_535;
    for (let j = 4 * i; j < 4 * i + 4; j += 1) sum += uniform[j] ?? 0;
    weights[i] = mean + scale * sum;
  }
  return weights;
}

/** Random bytes as quantized blocks: each begins with its scale, a 16-bit float, and goes on with whole numbers. */
function quantized(blocks: Uint8Array, blockBytes: number, scale: number): Uint8Array {
  const [low = 0, high = 0] = bytesOf(Float16Array.of(scale));
  for (let start = 0; start < blocks.length; start += blockBytes) {
    blocks[start] = low;
    blocks[start + 1] = high;
  }
  return blocks;
}

/** Standard deviation of evenly distributed whole numbers. */
function uniformDeviation(values: number): number {
  return Math.sqrt((values * values - 1) / 12);
}

function bytesOf(weights: Float32Array | Float16Array): Uint8Array {
  return new Uint8Array(weights.buffer, weights.byteOffset, weights.byteLength);
}
