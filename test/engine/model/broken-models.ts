import { readFileSync, writeFileSync } from 'node:fs';
import { writeGguf, type GgufMetadata, type GgufTensor } from '../../../src/bench/models/gguf-writer.ts';
import { zooParts } from '../../../src/bench/zoo/zoo.ts';

export interface TinyChanges {
  /** Keys that are to be other than they should, or not there. */
  readonly metadata?: Readonly<Record<string, GgufMetadata[string] | undefined>>;
  /** What becomes of each tensor; `undefined` leaves it out. */
  readonly tensors?: (tensor: GgufTensor) => GgufTensor | undefined;
}

/** Writes a tiny model with random weights, in which something may not be as it should. */
export async function tinyModel(path: string, { metadata = {}, tensors = (tensor) => tensor }: TinyChanges = {}): Promise<string> {
  const parts = zooParts({ name: 'llama', layers: 1, bos: true });
  const changed = Object.entries({ ...parts.metadata, ...metadata });
  const kept = changed.filter((entry): entry is [string, GgufMetadata[string]] => entry[1] !== undefined);
  await writeGguf(
    path,
    Object.fromEntries(kept),
    parts.tensors.map(tensors).filter((tensor) => tensor !== undefined),
  );
  return path;
}

/** Where the numbers at the beginning of a GGUF file stand. */
export const VERSION_AT = 4;
export const TENSOR_COUNT_AT = 8;
export const KEY_COUNT_AT = 16;
export const FIRST_KEY_AT = 24;

/** Writes a copy of the file in which something was done to the bytes. */
export function changedCopy(of: string, path: string, change: (bytes: Buffer) => Buffer | undefined): string {
  const bytes = readFileSync(of);
  writeFileSync(path, change(bytes) ?? bytes);
  return path;
}

/** Where that stands which comes so many bytes behind a text, for the first time. */
export function behind(bytes: Buffer, text: string, distance = 0): number {
  const at = bytes.indexOf(text);
  if (at < 0) throw new Error(`there is no ${text} in the file`);
  return at + text.length + distance;
}
