import type { Memory } from '../../shared/protocol/status.ts';
import type { ModelFile } from './model-file.ts';
import type { RoleContext } from './role-context.ts';
import type { Weights } from './weights.ts';

/** Time for which a reading stays good, in milliseconds: drivers and kernels are not asked at every token. */
const GOOD_FOR_MS = 1000;
/** Keys are kept in 16 bits, and so are values unless they are quantized: then 32 of them share a scale of 16 bits. */
const BYTES_PER_NUMBER = 2;
const QUANTIZED_BLOCK = 32;
const BYTES_PER_QUANTIZED = (QUANTIZED_BLOCK + 2) / QUANTIZED_BLOCK;

type GpuState = Pick<Memory, 'gpuBytes' | 'gpuTotalBytes'>;

export interface MemorySources {
  readonly kvBytes: number | undefined;
  readonly processBytes: () => number;
  /** Undefined where there is no GPU. */
  readonly gpu: (() => Promise<GpuState>) | undefined;
  /** Milliseconds on some clock. */
  readonly now: () => number;
}

/** Tells what a model takes. Nothing is read unless somebody asks, and then once a second at most. */
export class MemoryUse {
  readonly #sources: MemorySources;
  #readAt = -Infinity;
  #processBytes = 0;
  #gpu: GpuState = {};

  constructor(sources: MemorySources) {
    this.#sources = sources;
  }

  /** As it was a moment ago; what the GPU says is known from the second reading on. */
  get reading(): Memory {
    const { kvBytes, processBytes, now } = this.#sources;
    if (now() - this.#readAt >= GOOD_FOR_MS) {
      this.#readAt = now();
      this.#processBytes = processBytes();
      void this.#askGpu();
    }
    return { ...(kvBytes !== undefined && { kvBytes }), processBytes: this.#processBytes, ...this.#gpu };
  }

  /** A driver that does not answer costs the figure and nothing else. */
  async #askGpu(): Promise<void> {
    this.#gpu = (await this.#sources.gpu?.().catch(() => undefined)) ?? {};
  }
}

/** What a model with its context takes. */
export function memoryUseOf(
  { file, backend, quantizesValues }: Pick<Weights, 'file' | 'backend' | 'quantizesValues'>,
  { context }: Pick<RoleContext, 'context'>,
): MemoryUse {
  const { isRecurrent, isHybrid } = file.insights;
  return new MemoryUse({
    kvBytes: isRecurrent || isHybrid ? undefined : kvBytes(file.info.architectureMetadata, context.contextSize, quantizesValues),
    processBytes: () => process.memoryUsage.rss(),
    gpu: backend.name === 'cpu' ? undefined : async () => gpuState(await backend.llama.getVramState()),
    now: () => performance.now(),
  });
}

function gpuState({ used, total }: { readonly used: number; readonly total: number }): GpuState {
  return { gpuBytes: used, gpuTotalBytes: total };
}

/** What the measures of an attention are called in the metadata of a file. */
export interface AttentionMeasures {
  readonly block_count?: number;
  readonly embedding_length?: number;
  readonly attention?: {
    readonly head_count?: number | readonly number[];
    readonly head_count_kv?: number | readonly number[];
    readonly key_length?: number;
    readonly value_length?: number;
    /** A compressed cache (MLA). */
    readonly kv_lora_rank?: number;
    /** Layers that use the keys of others. */
    readonly shared_kv_layers?: number | readonly number[];
    /** Layers of another size. */
    readonly key_length_swa?: number;
  };
}

/**
 * Bytes that llama.cpp allocates for the keys and values of so many cells: in each layer a key and a value per head and cell.
 *
 * @param quantizesValues whether values take 8 bits each, with a scale for every 32.
 * @returns nothing where layers differ from one another, or something else than keys and values is kept.
 */
export function kvBytes(measures: AttentionMeasures, cells: number, quantizesValues = false): number | undefined {
  const lengths = lengthsOf(measures);
  if (!lengths) return undefined;
  const { layers, kvHeads, key, value } = lengths;
  return layers * kvHeads * (key * BYTES_PER_NUMBER + value * (quantizesValues ? BYTES_PER_QUANTIZED : BYTES_PER_NUMBER)) * cells;
}

/** Whether the values of a model can be quantized: native code wants whole blocks, and flash attention. */
export function canQuantizeValues({ info, insights }: Pick<ModelFile, 'info' | 'insights'>): boolean {
  if (!insights.flashAttentionSupported || insights.isRecurrent || insights.isHybrid) return false;
  const value = lengthsOf(info.architectureMetadata)?.value;
  return value !== undefined && value % QUANTIZED_BLOCK === 0;
}

/** What each layer keeps of a token: so many heads, and the lengths of their keys and values. */
interface Lengths {
  readonly layers: number;
  readonly kvHeads: number;
  readonly key: number;
  readonly value: number;
}

/** Nothing where layers differ from one another, or something else than keys and values is kept. */
function lengthsOf({ block_count: layers, embedding_length: width, attention = {} }: AttentionMeasures): Lengths | undefined {
  const { head_count: heads, head_count_kv: kvHeads = heads, kv_lora_rank, shared_kv_layers, key_length_swa } = attention;
  if (kv_lora_rank !== undefined || shared_kv_layers !== undefined || key_length_swa !== undefined) return undefined;
  if (layers === undefined || width === undefined || typeof heads !== 'number' || typeof kvHeads !== 'number') return undefined;
  const { key_length: key = width / heads, value_length: value = width / heads } = attention;
  return { layers, kvHeads, key, value };
}
