import { closeSync, openSync, readSync, statSync } from 'node:fs';

const MAX_BYTES = 8_192;

/**
 * What engines print by themselves, and what native code prints when it aborts, stands in a file that the next engine
 * appends to. This reads what has come since it looked last.
 */
export class EngineOutput {
  readonly #file: string;
  #read: number;

  constructor(file: string) {
    this.#file = file;
    this.#read = sizeOf(file);
  }

  /** @returns the end of what is new; empty when nothing is. */
  readNew(): string {
    const size = sizeOf(this.#file);
    const start = Math.max(this.#read, size - MAX_BYTES);
    this.#read = size;
    return size > start ? readRange(this.#file, start, size).trim() : '';
  }
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

function readRange(file: string, start: number, end: number): string {
  const descriptor = openSync(file, 'r');
  try {
    const bytes = Buffer.alloc(end - start);
    return bytes.toString('utf8', 0, readSync(descriptor, bytes, 0, bytes.length, start));
  } finally {
    closeSync(descriptor);
  }
}
