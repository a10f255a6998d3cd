import { open, rename, type FileHandle } from 'node:fs/promises';

/** Writes model files in the GGUF format, version 3: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md */

/** How the weights of a tensor are stored: the format's number for it, and the size of one block of weights. */
export const TENSOR_TYPES = {
  F32: { id: 0, blockWeights: 1, blockBytes: 4 },
  F16: { id: 1, blockWeights: 1, blockBytes: 2 },
  Q4_0: { id: 2, blockWeights: 32, blockBytes: 18 },
  Q8_0: { id: 8, blockWeights: 32, blockBytes: 34 },
} as const;

export type TensorType = keyof typeof TENSOR_TYPES;

const VALUE_TYPES = { uint32: 4, int32: 5, float32: 6, bool: 7, string: 8, array: 9 } as const;

type NumberType = 'uint32' | 'int32' | 'float32';

/** A value of the metadata. The format tells kinds of numbers apart where JavaScript does not. */
export type GgufValue =
  | string
  | boolean
  | { readonly type: NumberType; readonly value: number }
  | { readonly type: NumberType; readonly values: readonly number[] }
  | { readonly type: 'string'; readonly values: readonly string[] };

export type GgufMetadata = Readonly<Record<string, GgufValue>>;

export const uint32 = (value: number): GgufValue => ({ type: 'uint32', value });
export const float32 = (value: number): GgufValue => ({ type: 'float32', value });
export const int32s = (values: readonly number[]): GgufValue => ({ type: 'int32', values });
export const float32s = (values: readonly number[]): GgufValue => ({ type: 'float32', values });
export const strings = (values: readonly string[]): GgufValue => ({ type: 'string', values });

export interface GgufTensor {
  readonly name: string;
  /** Number of weights in each direction, that of neighbours in the file first (a row's length before the rows). */
  readonly shape: readonly number[];
  readonly type: TensorType;
  /** The encoded weights in pieces, so that a file may be larger than the memory. */
  readonly data: Iterable<Uint8Array>;
}

const VERSION = 3;
const ALIGNMENT = 32;

/**
 * Writes a model file. It gets its name only when it is whole.
 *
 * @throws RangeError when the data of a tensor does not have the size that its shape and type ask for.
 */
export async function writeGguf(path: string, metadata: GgufMetadata, tensors: readonly GgufTensor[]): Promise<void> {
  const partial = `${path}.${process.pid}.partial`;
  const file = await open(partial, 'w');
  try {
    await write(file, padded(header(metadata, tensors)));
    for (const tensor of tensors) await writeTensor(file, tensor);
  } finally {
    await file.close();
  }
  await rename(partial, path);
}

/** Bytes that the weights of a tensor take. */
export function tensorBytes({ shape, type }: Pick<GgufTensor, 'shape' | 'type'>): number {
  const { blockWeights, blockBytes } = TENSOR_TYPES[type];
  return (shape.reduce((product, length) => product * length, 1) / blockWeights) * blockBytes;
}

function header(metadata: GgufMetadata, tensors: readonly GgufTensor[]): Buffer {
  const entries = Object.entries(metadata);
  return Buffer.concat([
    Buffer.from('GGUF'),
    numbers('uint32', [VERSION]),
    uint64(tensors.length),
    uint64(entries.length),
    ...entries.flatMap(([key, value]) => [text(key), typedValue(value)]),
    ...tensorInfos(tensors),
  ]);
}

function tensorInfos(tensors: readonly GgufTensor[]): readonly Buffer[] {
  let offset = 0;
  return tensors.map((tensor) => {
    const { name, shape, type } = tensor;
    const info = [text(name), numbers('uint32', [shape.length]), ...shape.map(uint64), numbers('uint32', [TENSOR_TYPES[type].id]), uint64(offset)];
    offset += aligned(tensorBytes(tensor));
    return Buffer.concat(info);
  });
}

function typedValue(value: GgufValue): Buffer {
  if (typeof value === 'string') return Buffer.concat([valueType('string'), text(value)]);
  if (typeof value === 'boolean') return Buffer.concat([valueType('bool'), Buffer.of(value ? 1 : 0)]);
  if ('value' in value) return Buffer.concat([valueType(value.type), numbers(value.type, [value.value])]);
  const { type, values } = value;
  const items = type === 'string' ? Buffer.concat(values.map(text)) : numbers(type, values);
  return Buffer.concat([valueType('array'), valueType(type), uint64(values.length), items]);
}

function valueType(type: keyof typeof VALUE_TYPES): Buffer {
  return numbers('uint32', [VALUE_TYPES[type]]);
}

/** Numbers lie in the file as in memory, on the little-endian machines that run models. */
const NUMBERS = { uint32: Uint32Array, int32: Int32Array, float32: Float32Array } as const;

function numbers(type: NumberType, values: readonly number[]): Buffer {
  return Buffer.from(NUMBERS[type].from(values).buffer);
}

function uint64(value: number): Buffer {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64LE(BigInt(value));
  return buffer;
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([uint64(bytes.length), bytes]);
}

async function writeTensor(file: FileHandle, tensor: GgufTensor): Promise<void> {
  const expected = tensorBytes(tensor);
  let written = 0;
  for (const piece of tensor.data) {
    await write(file, piece);
    written += piece.length;
  }
  if (written !== expected) throw new RangeError(`Tensor ${tensor.name} takes ${expected} bytes, not ${written}.`);
  await write(file, new Uint8Array(aligned(written) - written));
}

async function write(file: FileHandle, bytes: Uint8Array): Promise<void> {
  if (bytes.length > 0) await file.writeFile(bytes);
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes], aligned(bytes.length));
}

function aligned(length: number): number {
  return Math.ceil(length / ALIGNMENT) * ALIGNMENT;
}
