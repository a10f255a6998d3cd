import { access, mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { byteTokenizer } from './byte-tokenizer.ts';
import { float32, uint32, writeGguf, type GgufMetadata, type GgufTensor, type TensorType } from './gguf-writer.ts';
import { randomWeights, type WeightDistribution } from './random-weights.ts';

/** The measures of a transformer that decide what a token costs. */
export interface Shape {
  readonly architecture: 'llama' | 'qwen2';
  readonly layers: number;
  readonly width: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly feedForward: number;
  readonly vocabulary: number;
  /** Tokens that the model claims to be trained on. */
  readonly context: number;
  readonly ropeBase: number;
  /** Whether the embeddings also turn the last layer's output into logits. */
  readonly tiedEmbeddings: boolean;
}

/** The shapes of well-known models: Qwen2.5-0.5B, Llama-3.2-1B and Mistral-7B. */
export const SHAPES = {
  '0.5b': {
    architecture: 'qwen2',
    layers: 24,
    width: 896,
    heads: 14,
    kvHeads: 2,
    feedForward: 4864,
    vocabulary: 151_936,
    context: 32_768,
    ropeBase: 1_000_000,
    tiedEmbeddings: true,
  },
  '1b': {
    architecture: 'llama',
    layers: 16,
    width: 2048,
    heads: 32,
    kvHeads: 8,
    feedForward: 8192,
    vocabulary: 128_256,
    context: 131_072,
    ropeBase: 500_000,
    tiedEmbeddings: true,
  },
  '7b': {
    architecture: 'llama',
    layers: 32,
    width: 4096,
    heads: 32,
    kvHeads: 8,
    feedForward: 14_336,
    vocabulary: 32_768,
    context: 32_768,
    ropeBase: 1_000_000,
    tiedEmbeddings: false,
  },
} as const satisfies Readonly<Record<string, Shape>>;

export type ShapeName = keyof typeof SHAPES;

export function isShapeName(name: string): name is ShapeName {
  return Object.hasOwn(SHAPES, name);
}

export interface ShapeOptions {
  /** How the matrices are stored; `Q8_0` if not given. */
  readonly type?: TensorType;
  readonly seed?: string;
}

/** Counts up when the files change, so that older ones are not used. */
const VERSION = 2;

/**
 * The path of a model with random weights in a well-known shape, written into `directory` if it is not there yet.
 * What it says means nothing; what it costs is what a trained model of the same shape costs.
 */
export async function shapedModel(name: ShapeName, options: ShapeOptions = {}, directory = '.cache/models'): Promise<string> {
  const variant = [name, options.type ?? 'Q8_0', ...(options.seed === undefined ? [] : [options.seed]), `v${VERSION}`];
  const path = resolve(directory, `random-${variant.join('-')}.gguf`);
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  if (!isThere) await writeShape(SHAPES[name], path, options);
  return path;
}

/** Writes a model of this shape with random weights. */
export async function writeShape(shape: Shape, path: string, { type = 'Q8_0', seed = 'shape' }: ShapeOptions = {}): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeGguf(path, { ...metadata(shape), ...byteTokenizer(shape.vocabulary, shape.architecture === 'llama') }, tensors(shape, type, seed));
}

function metadata(shape: Shape): GgufMetadata {
  const { architecture } = shape;
  return {
    'general.architecture': architecture,
    'general.name': `Random weights, ${shape.layers} layers of ${shape.width}`,
    [`${architecture}.context_length`]: uint32(shape.context),
    [`${architecture}.embedding_length`]: uint32(shape.width),
    [`${architecture}.block_count`]: uint32(shape.layers),
    [`${architecture}.feed_forward_length`]: uint32(shape.feedForward),
    [`${architecture}.attention.head_count`]: uint32(shape.heads),
    [`${architecture}.attention.head_count_kv`]: uint32(shape.kvHeads),
    [`${architecture}.attention.layer_norm_rms_epsilon`]: float32(1e-6),
    [`${architecture}.rope.dimension_count`]: uint32(shape.width / shape.heads),
    [`${architecture}.rope.freq_base`]: float32(shape.ropeBase),
  };
}

function tensors(shape: Shape, type: TensorType, seed: string): readonly GgufTensor[] {
  const { width, vocabulary, feedForward } = shape;
  const kvWidth = (width / shape.heads) * shape.kvHeads;
  const tensor = (name: string, lengths: readonly number[], storage: TensorType, distribution: WeightDistribution): GgufTensor => ({
    name,
    shape: lengths,
    type: storage,
    data: randomWeights(
      storage,
      lengths.reduce((product, length) => product * length, 1),
      distribution,
      `${seed}/${name}`,
    ),
  });
  const norm = (name: string): GgufTensor => tensor(`${name}.weight`, [width], 'F32', { mean: 1, deviation: 0.1 });
  const bias = (name: string, rows: number): GgufTensor => tensor(`${name}.bias`, [rows], 'F32', { mean: 0, deviation: 0.1 });
  const matrix = (name: string, columns: number, rows: number, gain = 1): GgufTensor =>
    tensor(`${name}.weight`, [columns, rows], type, { mean: 0, deviation: gain / Math.sqrt(columns) });

  const layer = (index: number): readonly GgufTensor[] => {
    const block = `blk.${index}`;
    const projections = { attn_q: width, attn_k: kvWidth, attn_v: kvWidth };
    return [
      norm(`${block}.attn_norm`),
      ...Object.entries(projections).flatMap(([name, rows]) => [
        matrix(`${block}.${name}`, width, rows),
        ...(shape.architecture === 'qwen2' ? [bias(`${block}.${name}`, rows)] : []),
      ]),
      matrix(`${block}.attn_output`, width, width),
      norm(`${block}.ffn_norm`),
      matrix(`${block}.ffn_gate`, width, feedForward),
      matrix(`${block}.ffn_up`, width, feedForward),
      matrix(`${block}.ffn_down`, feedForward, width),
    ];
  };

  return [
    // Small beside what the layers add: tied to the output, they would else repeat the last token for ever.
    matrix('token_embd', width, vocabulary, shape.tiedEmbeddings ? 0.5 : 1),
    ...Array.from({ length: shape.layers }, (_, index) => layer(index)).flat(),
    norm('output_norm'),
    ...(shape.tiedEmbeddings ? [] : [matrix('output', width, vocabulary)]),
  ];
}
