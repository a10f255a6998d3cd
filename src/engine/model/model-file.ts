import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { access, lstat, open, stat, type FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import type { GgufFileInfo, GgufInsights } from 'node-llama-cpp';
import { EndlessError, type ErrorCode } from '../../shared/errors.ts';
import { checkGguf } from './gguf-check.ts';
import { valueAt } from './metadata-value.ts';
import { binaryMissing, nativeLibrary } from './native-library.ts';

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
 * @throws EndlessError with the code of what is wrong: with the way to the file (`model-not-found`, `model-link-broken`,
 *   `model-not-file`, `model-not-readable`, `model-part-missing`), with what stands in it (`model-empty`, `model-not-gguf`,
 *   `model-big-endian`, `model-version`, `model-truncated`, `model-damaged`, `model-no-vocabulary`), or `model-unsupported`;
 *   `engine-binary-missing` when that cannot be found out, since nothing of the library runs on this machine.
 */
export async function inspectModelFile(path: string): Promise<ModelFile> {
  const fileBytes = await checkParts(path);
  const { GgmlType, readGgufFileInfo, GgufInsights, NoBinaryFoundError } = await nativeLibrary();
  const damaged = (cause?: unknown): EndlessError => new EndlessError('model-damaged', { path }, cause);
  const whatCannotBe = (cause: unknown): never => {
    throw cause instanceof NoBinaryFoundError ? binaryMissing(cause) : damaged(cause);
  };
  const info = await readGgufFileInfo(path, { logWarnings: false }).catch(whatCannotBe);
  const architecture = textAt(info.metadata, 'general', 'architecture');
  if (architecture === undefined || !isAlignment(valueAt(info.metadata, 'general', 'alignment'))) throw damaged();
  // Weights in a form that came after this version of the library.
  if (info.fullTensorInfo?.some(({ ggmlType }) => !(ggmlType in GgmlType)) === true) throw new EndlessError('model-version', { path });
  const insights = await GgufInsights.from(info).catch(whatCannotBe);
  if (info.splicedParts === 1 && fileBytes < (info.infoEndOffset ?? 0) + insights.modelSize)
    throw new EndlessError('model-truncated', { path });
  if (!insights.isSupportedByLlamaCpp || !insights.hasDecoder) throw new EndlessError('model-unsupported', { path, architecture });
  if (!hasVocabulary(info.metadata)) throw new EndlessError('model-no-vocabulary', { path });
  const trainedContext: unknown = insights.trainContextSize;
  if (trainedContext !== undefined && !isContextSize(trainedContext)) throw damaged();
  return {
    path,
    name: textAt(info.metadata, 'general', 'name') ?? basename(path),
    architecture,
    fileBytes,
    trainedContext: trainedContext ?? 0,
    chatTemplate: textAt(info.metadata, 'tokenizer', 'chat_template'),
    info,
    insights,
  };
}

/** The same for a model that conversations are to be held with. @throws EndlessError `no-chat-template`, too. */
export async function inspectChatModel(path: string): Promise<ModelFile & { readonly chatTemplate: string }> {
  const file = await inspectModelFile(path);
  const { chatTemplate } = file;
  if (chatTemplate === undefined) throw new EndlessError('no-chat-template', { path });
  return { ...file, chatTemplate };
}

/** What the weights are aligned to, where the file says that. */
function isAlignment(value: unknown): boolean {
  return value === undefined || (typeof value === 'number' && Number.isInteger(Math.log2(value)));
}

/** Positions are counted in 32 bits. */
const LONGEST_CONTEXT = 2 ** 31 - 1;

function isContextSize(value: unknown): value is number {
  return typeof value === 'number' && value > 0 && value <= LONGEST_CONTEXT;
}

/** A model may lie in several files, which are named by the first. */
const PARTS = /-00001-of-(?<parts>\d{5})\.gguf$/;

/** Checks every file of a model, and returns the bytes of the one that was named. */
async function checkParts(path: string): Promise<number> {
  const fileBytes = await checkFile(path);
  const parts = PARTS.exec(path)?.groups?.['parts'] ?? '';
  for (let part = 2; part <= Number(parts); part++) {
    const other = path.replace(PARTS, `-${String(part).padStart(5, '0')}-of-${parts}.gguf`);
    await checkFile(other).catch((error: unknown) => {
      const isMissing = error instanceof EndlessError && error.code === 'model-not-found';
      throw isMissing ? new EndlessError('model-part-missing', { path: other }, error) : error;
    });
  }
  return fileBytes;
}

async function checkFile(path: string): Promise<number> {
  const fileBytes = await readableSize(path);
  await withFile(path, (file) => checkGguf(file, path, fileBytes));
  return fileBytes;
}

/** What is no file is never opened: a pipe would wait for somebody to write into it. */
async function readableSize(path: string): Promise<number> {
  try {
    const stats = await stat(path);
    if (!stats.isFile()) throw new EndlessError('model-not-file', { path });
    await access(path, constants.R_OK);
    return stats.size;
  } catch (error) {
    if (error instanceof EndlessError) throw error;
    throw new EndlessError(await unreachable(path, error), { path }, error);
  }
}

async function unreachable(path: string, error: unknown): Promise<ErrorCode> {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ELOOP') return 'model-link-broken';
  if (code !== 'ENOENT' && code !== 'ENOTDIR') return 'model-not-readable';
  const link = await lstat(path).catch(() => undefined);
  return link?.isSymbolicLink() ? 'model-link-broken' : 'model-not-found';
}

/** The metadata may hold anything, whatever the library's types promise. */
function textAt(metadata: unknown, ...keys: readonly string[]): string | undefined {
  const value = valueAt(metadata, ...keys);
  return typeof value === 'string' ? value : undefined;
}

/** What models without a vocabulary of their own have for the name of their tokenizer. */
const NO_TOKENIZER: ReadonlySet<string> = new Set(['none', 'no_vocab']);

function hasVocabulary(metadata: unknown): boolean {
  const tokenizer = textAt(metadata, 'tokenizer', 'ggml', 'model');
  const tokens = valueAt(metadata, 'tokenizer', 'ggml', 'tokens');
  return tokenizer !== undefined && !NO_TOKENIZER.has(tokenizer) && Array.isArray(tokens) && typeof tokens[0] === 'string';
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
