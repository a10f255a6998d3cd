import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { UsageError } from '../options.ts';

/** A text to be scored. */
export interface Corpus {
  readonly name: string;
  readonly text: string;
  /** Beginning of the text's SHA-256: figures can be compared when it is the same. */
  readonly sha256: string;
}

const ROOT = resolve(import.meta.dirname, '../../..');

export interface SourceFile {
  /** Within the repository, with slashes. */
  readonly path: string;
  readonly text: string;
}

/** The sources of this repository, in the order of their paths. */
export function ownFiles(): readonly SourceFile[] {
  return globSync('src/**/*.ts', { cwd: ROOT })
    .map((path) => path.replaceAll('\\', '/'))
    .toSorted((a, b) => (a < b ? -1 : 1))
    .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));
}

/**
 * Reads a text file, or, without a path, the sources of this repository in the order of their paths: real code that no
 * model of ours was trained on. They change with every commit, so their hash goes with the figures.
 *
 * @throws UsageError when the file cannot be read.
 */
export function readCorpus(path: string): Corpus {
  const text = path ? readText(path) : ownSources();
  const sha256 = createHash('sha256').update(text).digest('hex').slice(0, 16);
  return { name: path ? 'text file' : 'sources of this repository', text, sha256 };
}

function ownSources(): string {
  return ownFiles()
    .map(({ text }) => text)
    .join('\n');
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
