import { readFile, writeFile } from 'node:fs/promises';
import { readGgufFileInfo } from 'node-llama-cpp';

const ALIGNMENT = 32;
const F32 = 0;
/** Blocks of 32 weights: a scale in 16 bits, then a byte for each weight. */
const Q8_0 = { id: 8, weights: 32, bytes: 34 } as const;

/**
 * Writes a model again with the same weights in 32 bits. With weights of 8 bits the processor rounds what it multiplies
 * them with to 8 bits as well, and a sum in another order, which the cells of a cache that was read back are in, may come to
 * 1e-3 nats. With 32 bits nothing hides an error of the cache.
 *
 * @see https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
 */
export async function writeExactWeights(from: string, to: string): Promise<void> {
  const file = await readFile(from);
  const tensors = (await readGgufFileInfo(from, { logWarnings: false })).tensorInfo ?? [];
  const [first] = tensors;
  if (!first) throw new Error(`${from} has no tensors`);
  const metadata = file.subarray(0, file.indexOf(text(first.name)));
  const infos: Buffer[] = [];
  const data: Buffer[] = [];
  let offset = 0;
  for (const { name, dimensions, ggmlType, fileOffset } of tensors) {
    const sizes = dimensions.map(Number);
    const count = sizes.reduce((product, size) => product * size, 1);
    infos.push(text(name), uint32(sizes.length), ...sizes.map(uint64), uint32(F32), uint64(offset));
    const weights = padded(Buffer.from(weightsOf(file.subarray(Number(fileOffset)), count, ggmlType).buffer));
    data.push(weights);
    offset += weights.length;
  }
  await writeFile(to, Buffer.concat([padded(Buffer.concat([metadata, ...infos])), ...data]));
}

function weightsOf(bytes: Buffer, count: number, type: number): Float32Array {
  if (type === F32) return Float32Array.from({ length: count }, (_, at) => bytes.readFloatLE(4 * at));
  if (type !== Q8_0.id) throw new Error(`weights of type ${String(type)} are not known here`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, (count / Q8_0.weights) * Q8_0.bytes);
  return Float32Array.from({ length: count }, (_, at) => {
    const block = Math.floor(at / Q8_0.weights) * Q8_0.bytes;
    return view.getFloat16(block, true) * view.getInt8(block + 2 + (at % Q8_0.weights));
  });
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes], Math.ceil(bytes.length / ALIGNMENT) * ALIGNMENT);
}

function text(value: string): Buffer {
  return Buffer.concat([uint64(value.length), Buffer.from(value)]);
}

function uint32(value: number): Buffer {
  return Buffer.from(Uint32Array.of(value).buffer);
}

function uint64(value: number): Buffer {
  return Buffer.from(BigUint64Array.of(BigInt(value)).buffer);
}
