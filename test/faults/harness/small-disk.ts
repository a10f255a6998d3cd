import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmdirSync, statfsSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PAGE = Buffer.alloc(4096, 1);

/** A disk of few megabytes that a test can fill. Mounting needs root, which `npm run test:faults` sees to. */
export class SmallDisk {
  readonly path = mkdtempSync(join(tmpdir(), 'endless-disk-'));
  readonly #filler = join(this.path, 'filler');

  constructor(megabytes = 4) {
    mount('-t', 'tmpfs', '-o', `size=${megabytes}m,mode=700`, 'tmpfs', this.path);
  }

  get freeBytes(): number {
    const { bavail, bsize } = statfsSync(this.path);
    return bavail * bsize;
  }

  /** Leaves room for so many bytes and no more; somebody else may write meanwhile. */
  fill(leaving = 0): void {
    const file = openSync(this.#filler, 'a');
    try {
      while (this.freeBytes > leaving) writeSync(file, PAGE);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
    } finally {
      closeSync(file);
    }
  }

  /** Makes room again. */
  empty(): void {
    writeFileSync(this.#filler, '');
  }

  /** From now on nothing can be written. No file may be open for writing. */
  makeReadOnly(): void {
    mount('-o', 'remount,ro', this.path);
  }

  makeWritable(): void {
    mount('-o', 'remount,rw', this.path);
  }

  remove(): void {
    execFileSync('umount', [this.path]);
    rmdirSync(this.path);
  }
}

function mount(...args: readonly string[]): void {
  execFileSync('mount', args);
}
