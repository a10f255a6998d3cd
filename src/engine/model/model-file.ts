import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { access, open, stat, type FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import type { GgufFileInfo, GgufInsights, GgufMetadata } from 'node-llama-cpp';
import { EndlessError } from '../../shared/errors.ts';
import { nativeLibrary } from './native-library.ts';

/** What is known of a model before it is loaded. */
export interface ModelFile {
  readonly path: string;
  readonly name: string;
  readonly architecture: string;
  readonly fileBytes: number;
  readonly trainedContext: number;
  /** The model's own Jinja template for conversations; models that only go on with a text have none. */
  readonly chatTemplate: string | undefined;
  readonly info: GgufFileInfo;
  readonly insights: GgufInsights;
}

/**
 * Reads a GGUF file's metadata and makes sure that the file is whole.
 *
 * @throws EndlessError `model-not-found`, `model-not-readable`, `model-not-gguf`, `model-truncated` or `model-unsupported`.
 */
export async function inspectModelFile(path: string): Promise<ModelFile> {
  const fileBytes = await readableSize(path);
  await requireMagic(path);
  const { readGgufFileInfo, GgufInsights } = await nativeLibrary();
  const truncated = (cause?: unknown): EndlessError => new EndlessError('model-truncated', { path }, cause);
  const info = await readGgufFileInfo(path, { logWarnings: false }).catch((cause: unknown) => {
    throw truncated(cause);
  });
  if (!info.tensorInfo?.length || fileBytes < (info.infoEndOffset ?? 0)) throw truncated();
  const insights = await GgufInsights.from(info);
  if (info.splicedParts === 1 && fileBytes < (info.infoEndOffset ?? 0) + insights.modelSize) throw truncated();
  const architecture = info.metadata.general.architecture;
  if (!insights.isSupportedByLlamaCpp || !insights.hasDecoder) throw new EndlessError('model-unsupported', { path, architecture });
  const tokenizer = info.metadata.tokenizer as GgufMetadata['tokenizer'] | undefined;
  return {
    path,
    name: info.metadata.general.name ?? basename(path),
    architecture,
    fileBytes,
    trainedContext: insights.trainContextSize ?? 0,
    chatTemplate: tokenizer?.chat_template,
    info,
    insights,
  };
}

async function readableSize(path: string): Promise<number> {
  try {
    await access(path, constants.R_OK);
    const stats = await stat(path);
    if (!stats.isFile()) throw new EndlessError('model-not-gguf', { path });
    return stats.size;
  } catch (error) {
    if (error instanceof EndlessError) throw error;
    const missing = error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
    throw new EndlessError(missing ? 'model-not-found' : 'model-not-readable', { path }, error);
  }
}

async function requireMagic(path: string): Promise<void> {
  await withFile(path, async (file) => {
    const { buffer } = await file.read(Buffer.alloc(4), 0, 4, 0);
    if (buffer.toString('latin1') !== 'GGUF') throw new EndlessError('model-not-gguf', { path });
  });
}

/** Whether a chat template has a place for tools. */
export function knowsTools(chatTemplate: string): boolean {
  return /\btools\b/.test(chatTemplate);
}

/** Bytes at either end of the file that the fingerprint covers. */
const FINGERPRINT_BYTES = 1024 * 1024;

/** Tells models apart without reading gigabytes: a hash over the size, the first and the last mebibyte. */
export async function fingerprintOf(model: Pick<ModelFile, 'path' | 'fileBytes'>): Promise<string> {
  const hash = createHash('sha256').update(String(model.fileBytes));
  await withFile(model.path, async (file) => {
    const length = Math.min(FINGERPRINT_BYTES, model.fileBytes);
    for (const position of [0, model.fileBytes - length]) {
      const { buffer } = await file.read(Buffer.alloc(length), 0, length, position);
      hash.update(buffer);
    }
  });
  return hash.digest('hex').slice(0, 32);
}

async function withFile<T>(path: string, use: (file: FileHandle) => Promise<T>): Promise<T> {
  const file = await open(path, 'r').catch((cause: unknown) => {
    throw new EndlessError('model-not-readable', { path }, cause);
  });
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}
