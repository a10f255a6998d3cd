import type { FileHandle } from 'node:fs/promises';
import { EndlessError } from '../../shared/errors.ts';

/**
 * What must hold of a model file before anybody reads it in earnest. The library's reader believes whatever the file says of
 * itself: it allocates what a length asks for, and takes what lies behind the end for zeros, without end. The format:
 * https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
 */

/** Versions of the format that llama.cpp reads. */
const VERSIONS: ReadonlySet<number> = new Set([2, 3]);

/** Models have some thousand tensors, some dozen keys, and a vocabulary of some hundred thousand words: more is no model. */
const MOST_TENSORS = 2 ** 20;
const MOST_KEYS = 2 ** 16;
const MOST_ITEMS = 2 ** 24;
/** Bytes before the weights; the vocabulary takes nearly all of them. */
const LARGEST_HEADER = 128 * 1024 * 1024;
/** Of a key or of a tensor's name, in bytes. */
const LONGEST_NAME = 65_535;
const MOST_DIMENSIONS = 4;
/** A weight's place must be a number that the library can count to. */
const MOST_WEIGHTS = BigInt(Number.MAX_SAFE_INTEGER);

/** Bytes of a value by the number of its type; strings and arrays are as long as they say. */
const FIXED_SIZES: ReadonlyMap<number, number> = new Map([
  [0, 1],
  [1, 1],
  [2, 2],
  [3, 2],
  [4, 4],
  [5, 4],
  [6, 4],
  [7, 1],
  [10, 8],
  [11, 8],
  [12, 8],
]);
const STRING = 8;
const ARRAY = 9;

/**
 * Walks through all that stands before the weights, in bounded memory and time.
 *
 * @throws EndlessError `model-empty`, `model-not-gguf`, `model-big-endian`, `model-version`, `model-truncated` (the file ends before
 *   what it announces) or `model-damaged` (it announces what no file can hold).
 */
export async function checkGguf(file: FileHandle, path: string, fileBytes: number): Promise<void> {
  if (fileBytes === 0) throw new EndlessError('model-empty', { path });
  const bytes = new HeaderBytes(file, path, fileBytes);
  await checkMagic(bytes, path);
  await checkVersion(bytes, path);
  const tensors = await bytes.count(MOST_TENSORS);
  const keys = await bytes.count(MOST_KEYS);
  for (let key = 0; key < keys; key++) await skipEntry(bytes);
  for (let tensor = 0; tensor < tensors; tensor++) await skipTensor(bytes);
  if (tensors === 0) throw bytes.damaged('no tensors');
}

async function checkMagic(bytes: HeaderBytes, path: string): Promise<void> {
  const magic = await bytes.text(Math.min(4, bytes.left));
  if (magic !== 'GGUF') throw new EndlessError('GGUF'.startsWith(magic) ? 'model-truncated' : 'model-not-gguf', { path });
}

async function checkVersion(bytes: HeaderBytes, path: string): Promise<void> {
  const version = await bytes.uint32();
  if (VERSIONS.has(version)) return;
  const swapped = Buffer.alloc(4);
  swapped.writeUInt32LE(version);
  throw VERSIONS.has(swapped.readUInt32BE())
    ? new EndlessError('model-big-endian', { path })
    : new EndlessError('model-version', { path, version });
}

async function skipEntry(bytes: HeaderBytes): Promise<void> {
  await skipName(bytes);
  const type = await bytes.uint32();
  if (type !== ARRAY) {
    await skipValue(bytes, type);
    return;
  }
  const itemType = await bytes.uint32();
  const items = await bytes.count(MOST_ITEMS);
  const size = FIXED_SIZES.get(itemType);
  // Arrays of arrays are in the format, but no version of llama.cpp reads them.
  if (size === undefined && itemType !== STRING) throw bytes.damaged(`array of type ${itemType}`);
  if (size !== undefined) bytes.skip(items * size);
  else for (let item = 0; item < items; item++) await skipValue(bytes, STRING);
}

async function skipValue(bytes: HeaderBytes, type: number): Promise<void> {
  const size = type === STRING ? await bytes.count(LARGEST_HEADER) : FIXED_SIZES.get(type);
  if (size === undefined) throw bytes.damaged(`value of type ${type}`);
  bytes.skip(size);
}

async function skipName(bytes: HeaderBytes): Promise<void> {
  bytes.skip(await bytes.count(LONGEST_NAME));
}

async function skipTensor(bytes: HeaderBytes): Promise<void> {
  await skipName(bytes);
  const dimensions = await bytes.uint32();
  if (dimensions > MOST_DIMENSIONS) throw bytes.damaged(`${dimensions} dimensions`);
  let weights = 1n;
  for (let dimension = 0; dimension < dimensions; dimension++) weights *= await bytes.uint64();
  if (weights > MOST_WEIGHTS) throw bytes.damaged('tensor too large');
  const typeAndOffset = 12;
  bytes.skip(typeAndOffset);
}

/** Bytes that are read at a time. */
const PIECE_BYTES = 1024 * 1024;

/** Goes through the beginning of a file once, and never behind its end. */
class HeaderBytes {
  readonly #file: FileHandle;
  readonly #path: string;
  readonly #end: number;
  #piece = Buffer.alloc(0);
  #pieceStart = 0;
  #position = 0;

  constructor(file: FileHandle, path: string, end: number) {
    this.#file = file;
    this.#path = path;
    this.#end = end;
  }

  get left(): number {
    return this.#end - this.#position;
  }

  damaged(reason: string): EndlessError {
    return new EndlessError('model-damaged', { path: this.#path }, `${reason} before byte ${this.#position}`);
  }

  async text(length: number): Promise<string> {
    const at = await this.#need(length);
    return this.#piece.toString('latin1', at, at + length);
  }

  async uint32(): Promise<number> {
    const at = await this.#need(4);
    return this.#piece.readUInt32LE(at);
  }

  async uint64(): Promise<bigint> {
    const at = await this.#need(8);
    return this.#piece.readBigUInt64LE(at);
  }

  /** A number of things that follow. */
  async count(most: number): Promise<number> {
    const count = await this.uint64();
    if (count > most) throw this.damaged(`a count of ${count}`);
    return Number(count);
  }

  skip(length: number): void {
    this.#position += length;
    if (this.left < 0) throw new EndlessError('model-truncated', { path: this.#path });
    if (this.#position > LARGEST_HEADER) throw this.damaged('no end of the header');
  }

  /** Makes sure that the next bytes are at hand, in a piece that may be another then, and goes on behind them. Returns where in it they begin. */
  async #need(length: number): Promise<number> {
    const start = this.#position;
    this.skip(length);
    if (start < this.#pieceStart || this.#position > this.#pieceStart + this.#piece.length) await this.#read(start);
    if (this.#position > this.#pieceStart + this.#piece.length) throw new EndlessError('model-truncated', { path: this.#path });
    return start - this.#pieceStart;
  }

  async #read(start: number): Promise<void> {
    const { buffer, bytesRead } = await this.#file.read(Buffer.alloc(PIECE_BYTES), 0, PIECE_BYTES, start);
    [this.#piece, this.#pieceStart] = [buffer.subarray(0, bytesRead), start];
  }
}
