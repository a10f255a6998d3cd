import { float32, uint32, type GgufMetadata } from '../models/gguf-writer.ts';
import type { ShiftObstacle } from '../../engine/model/shift-capability.ts';

/** Shapes of the tensors of a model, by the tensor's name: a row's length first, then the number of rows. */
export type TensorShapes = Readonly<Record<string, readonly number[]>>;

/** A kind of model, as llama.cpp wants its file to be. */
export interface Architecture {
  /** The name of the architecture in the file. */
  readonly architecture: string;
  /** What the model is called, where that matters. */
  readonly basename?: string;
  /** Keys beside the general ones, without the architecture in front. */
  readonly metadata: GgufMetadata;
  /** Tensors of the whole model, beside the embeddings. */
  readonly model: TensorShapes;
  /** Tensors of each layer. */
  readonly layer: TensorShapes;
  /**
   * Layers after the others that add nothing to what these say. llama.cpp has a cache for layers that see everything
   * and one for those that do not, and aborts the process when it shifts one without any layer.
   */
  readonly muteLayers?: number;
  /** Why the positions of its cached keys cannot be shifted, where they cannot. */
  readonly obstacle?: ShiftObstacle;
}

export const WIDTH = 64;
export const HEADS = 2;
export const HEAD = WIDTH / HEADS;
export const KV_HEADS = 1;
export const FEED_FORWARD = 128;
export const VOCABULARY = 320;
export const CONTEXT = 2048;
export const EXPERTS = 4;
/** Length of the hidden vector of an expert. */
export const EXPERT = 64;

/** Length of the keys, and of the values, of a token. */
export const KV = HEAD * KV_HEADS;

export const weight = (name: string, ...shape: readonly number[]): TensorShapes => ({ [`${name}.weight`]: shape });
export const bias = (name: string, rows: number): TensorShapes => ({ [`${name}.bias`]: [rows] });
export const withBias = (name: string, ...shape: readonly number[]): TensorShapes => ({
  ...weight(name, ...shape),
  ...bias(name, shape.at(-1) ?? 1),
});

export const rmsNorm: GgufMetadata = { 'attention.layer_norm_rms_epsilon': float32(1e-5) };
export const layerNorm: GgufMetadata = { 'attention.layer_norm_epsilon': float32(1e-5) };
export const rope: GgufMetadata = { 'rope.dimension_count': uint32(HEAD), 'rope.freq_base': float32(10_000) };

export const yarn: GgufMetadata = {
  'rope.scaling.type': 'yarn',
  'rope.scaling.factor': float32(4),
  'rope.scaling.original_context_length': uint32(CONTEXT / 4),
};

export const output: TensorShapes = { ...weight('output_norm', WIDTH), ...weight('output', WIDTH, VOCABULARY) };

export const attention: TensorShapes = {
  ...weight('attn_norm', WIDTH),
  ...weight('attn_q', WIDTH, WIDTH),
  ...weight('attn_k', WIDTH, KV),
  ...weight('attn_v', WIDTH, KV),
  ...weight('attn_output', WIDTH, WIDTH),
};
export const attentionBiases: TensorShapes = { ...bias('attn_q', WIDTH), ...bias('attn_k', KV), ...bias('attn_v', KV) };
export const headNorms: TensorShapes = { ...weight('attn_q_norm', HEAD), ...weight('attn_k_norm', HEAD) };

export const gatedFeedForward: TensorShapes = {
  ...weight('ffn_norm', WIDTH),
  ...weight('ffn_gate', WIDTH, FEED_FORWARD),
  ...weight('ffn_up', WIDTH, FEED_FORWARD),
  ...weight('ffn_down', FEED_FORWARD, WIDTH),
};
