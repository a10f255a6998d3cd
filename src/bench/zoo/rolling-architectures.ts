import { float32, uint32 } from '../models/gguf-writer.ts';
import {
  attention,
  attentionBiases,
  bias,
  EXPERT,
  EXPERTS,
  FEED_FORWARD,
  gatedFeedForward,
  HEAD,
  headNorms,
  HEADS,
  KV,
  layerNorm,
  output,
  rmsNorm,
  rope,
  weight,
  WIDTH,
  withBias,
  yarn,
  type Architecture,
} from './architecture.ts';

export const llama: Architecture = {
  architecture: 'llama',
  metadata: { ...rmsNorm, ...rope },
  model: output,
  layer: { ...attention, ...gatedFeedForward },
};

export const llamaLinear: Architecture = {
  ...llama,
  metadata: { ...llama.metadata, 'rope.scaling.type': 'linear', 'rope.scaling.factor': float32(4) },
};

export const llamaRopeFactors: Architecture = { ...llama, model: { ...llama.model, ...weight('rope_freqs', HEAD / 2) } };

export const qwen2: Architecture = { ...llama, architecture: 'qwen2', layer: { ...llama.layer, ...attentionBiases } };
export const qwen3: Architecture = { ...llama, architecture: 'qwen3', layer: { ...llama.layer, ...headNorms } };

export const qwen3moe: Architecture = {
  architecture: 'qwen3moe',
  metadata: {
    ...rmsNorm,
    ...rope,
    expert_count: uint32(EXPERTS),
    expert_used_count: uint32(2),
    expert_feed_forward_length: uint32(EXPERT),
  },
  model: output,
  layer: {
    ...attention,
    ...headNorms,
    ...weight('ffn_norm', WIDTH),
    ...weight('ffn_gate_inp', WIDTH, EXPERTS),
    ...weight('ffn_gate_exps', WIDTH, EXPERT, EXPERTS),
    ...weight('ffn_up_exps', WIDTH, EXPERT, EXPERTS),
    ...weight('ffn_down_exps', EXPERT, WIDTH, EXPERTS),
  },
};

/** Pythia: a quarter of each head rotates, and attention and feed-forward work side by side. */
export const gptneox: Architecture = {
  architecture: 'gptneox',
  metadata: {
    ...layerNorm,
    'attention.head_count_kv': uint32(HEADS),
    'rope.dimension_count': uint32(HEAD / 4),
    use_parallel_residual: true,
  },
  model: { ...output, ...bias('output_norm', WIDTH) },
  layer: {
    ...withBias('attn_norm', WIDTH),
    ...withBias('attn_qkv', WIDTH, 3 * WIDTH),
    ...withBias('attn_output', WIDTH, WIDTH),
    ...withBias('ffn_norm', WIDTH),
    ...withBias('ffn_up', WIDTH, FEED_FORWARD),
    ...withBias('ffn_down', FEED_FORWARD, WIDTH),
  },
};

export const falcon: Architecture = {
  architecture: 'falcon',
  metadata: { ...layerNorm, ...rope },
  model: { ...output, ...bias('output_norm', WIDTH) },
  layer: {
    ...withBias('attn_norm', WIDTH),
    ...weight('attn_qkv', WIDTH, WIDTH + 2 * KV),
    ...weight('attn_output', WIDTH, WIDTH),
    ...weight('ffn_up', WIDTH, FEED_FORWARD),
    ...weight('ffn_down', FEED_FORWARD, WIDTH),
  },
};

/** Distances are a bias on the attention (ALiBi); nothing rotates. */
export const mpt: Architecture = {
  architecture: 'mpt',
  metadata: { ...layerNorm, 'attention.max_alibi_bias': float32(8) },
  model: output,
  layer: {
    ...weight('attn_norm', WIDTH),
    ...weight('attn_qkv', WIDTH, WIDTH + 2 * KV),
    ...weight('attn_output', WIDTH, WIDTH),
    ...weight('ffn_norm', WIDTH),
    ...weight('ffn_up', WIDTH, FEED_FORWARD),
    ...weight('ffn_down', FEED_FORWARD, WIDTH),
  },
};

/** Every other layer sees only the last tokens (SWA). Its cache can roll while it is no larger than what they see. */
export const gemma3: Architecture = {
  architecture: 'gemma3',
  metadata: { ...rmsNorm, ...rope, 'attention.sliding_window': uint32(512), 'attention.sliding_window_pattern': uint32(2) },
  model: output,
  layer: {
    ...attention,
    ...headNorms,
    ...weight('post_attention_norm', WIDTH),
    ...gatedFeedForward,
    ...weight('post_ffw_norm', WIDTH),
  },
  muteLayers: 1,
};

/** Trained without YaRN, which is for texts beyond the original context: within that the cache rolls without it. */
export const qwen2Yarn: Architecture = { ...qwen2, basename: 'Qwen2.5', metadata: { ...qwen2.metadata, ...yarn } };
