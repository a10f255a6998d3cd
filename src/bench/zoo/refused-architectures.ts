import { float32, int32s, uint32, type GgufMetadata } from '../models/gguf-writer.ts';
import {
  attention,
  bias,
  CONTEXT,
  EXPERT,
  EXPERTS,
  FEED_FORWARD,
  gatedFeedForward,
  HEAD,
  HEADS,
  KV,
  layerNorm,
  output,
  rmsNorm,
  rope,
  VOCABULARY,
  weight,
  WIDTH,
  withBias,
  yarn,
  type Architecture,
} from './architecture.ts';
import { gemma3, gptneox, llama, qwen2 } from './rolling-architectures.ts';

/** Its keys are multiplied by a magnitude each time they are rotated. */
export const llamaYarn: Architecture = { ...llama, metadata: { ...llama.metadata, ...yarn }, obstacle: 'rope-scaling' };

export const llamaAttentionFactor: Architecture = {
  ...llama,
  metadata: { ...llama.metadata, 'rope.scaling.attn_factor': float32(1.19) },
  obstacle: 'rope-scaling',
};

/** Every fourth layer rotates nothing; llama.cpp rotates its keys all the same when they move. */
export const smollm3: Architecture = { ...llama, architecture: 'smollm3', obstacle: 'unrotated-layers' };

/** A vector for each position is added to the tokens' own: keys hold it in a form that nothing can move. */
export const gpt2: Architecture = {
  architecture: 'gpt2',
  metadata: { ...layerNorm, 'attention.head_count_kv': uint32(HEADS) },
  model: { ...output, ...bias('output_norm', WIDTH), ...weight('position_embd', WIDTH, CONTEXT) },
  layer: gptneox.layer,
  obstacle: 'learned-positions',
};

export const gemma3Short: Architecture = {
  ...gemma3,
  metadata: { ...gemma3.metadata, 'attention.sliding_window': uint32(32) },
  obstacle: 'sliding-window',
};

export const phi3Longrope: Architecture = {
  architecture: 'phi3',
  metadata: {
    ...rmsNorm,
    ...rope,
    'rope.scaling.original_context_length': uint32(256),
    'rope.scaling.attn_factor': float32(1.19),
  },
  model: { ...output, ...weight('rope_factors_long', HEAD / 2), ...weight('rope_factors_short', HEAD / 2) },
  layer: {
    ...weight('attn_norm', WIDTH),
    ...weight('attn_qkv', WIDTH, WIDTH + 2 * KV),
    ...weight('attn_output', WIDTH, WIDTH),
    ...weight('ffn_norm', WIDTH),
    ...weight('ffn_up', WIDTH, 2 * FEED_FORWARD),
    ...weight('ffn_down', FEED_FORWARD, WIDTH),
  },
  obstacle: 'rope-scaling',
};

/** Each token has several positions (M-RoPE). */
export const qwen2vl: Architecture = {
  ...qwen2,
  architecture: 'qwen2vl',
  metadata: { ...qwen2.metadata, 'rope.dimension_sections': int32s([4, 6, 6, 0]) },
  obstacle: 'm-rope',
};

const SSM = { inner: 2 * WIDTH, state: 16, convolution: 4, rank: 4 };

const ssm: GgufMetadata = {
  'ssm.conv_kernel': uint32(SSM.convolution),
  'ssm.inner_size': uint32(SSM.inner),
  'ssm.state_size': uint32(SSM.state),
  'ssm.time_step_rank': uint32(SSM.rank),
};

export const mamba: Architecture = {
  architecture: 'mamba',
  metadata: { ...rmsNorm, ...ssm, feed_forward_length: uint32(0), 'attention.head_count': uint32(0) },
  model: output,
  layer: {
    ...weight('attn_norm', WIDTH),
    ...weight('ssm_in', WIDTH, 2 * SSM.inner),
    ...withBias('ssm_conv1d', SSM.convolution, SSM.inner),
    ...weight('ssm_x', SSM.inner, SSM.rank + 2 * SSM.state),
    ...withBias('ssm_dt', SSM.rank, SSM.inner),
    ssm_a: [SSM.state, SSM.inner],
    ssm_d: [SSM.inner],
    ...weight('ssm_out', SSM.inner, WIDTH),
  },
  obstacle: 'recurrent',
};

const CONVOLVED = SSM.inner + 2 * SSM.state;

/** Attention and a recurrent state side by side in every layer. */
export const falconH1: Architecture = {
  architecture: 'falcon-h1',
  metadata: { ...rmsNorm, ...rope, ...ssm, 'ssm.group_count': uint32(1) },
  model: output,
  layer: {
    ...attention,
    ffn_norm: [WIDTH],
    ...weight('ffn_gate', WIDTH, FEED_FORWARD),
    ...weight('ffn_up', WIDTH, FEED_FORWARD),
    ...weight('ffn_down', FEED_FORWARD, WIDTH),
    ...weight('ssm_in', WIDTH, SSM.inner + CONVOLVED + SSM.rank),
    ...withBias('ssm_conv1d', SSM.convolution, CONVOLVED),
    ...bias('ssm_dt', SSM.rank),
    ssm_a: [1, SSM.rank],
    ssm_d: [1, SSM.rank],
    ...weight('ssm_norm', SSM.inner, 1),
    ...weight('ssm_out', SSM.inner, WIDTH),
  },
  obstacle: 'hybrid',
};

const MLA = { rank: 32, queryRank: 48, rotated: 16, plain: HEAD };

/** One compressed vector per token in the place of keys and values (MLA). */
export const deepseek2: Architecture = {
  architecture: 'deepseek2',
  metadata: {
    ...rmsNorm,
    ...rope,
    'rope.dimension_count': uint32(MLA.rotated),
    'attention.q_lora_rank': uint32(MLA.queryRank),
    'attention.kv_lora_rank': uint32(MLA.rank),
    'attention.key_length': uint32(MLA.rank + MLA.rotated),
    'attention.value_length': uint32(MLA.rank),
    'attention.key_length_mla': uint32(MLA.plain + MLA.rotated),
    'attention.value_length_mla': uint32(HEAD),
    // All layers are plain ones: what the experts would need is asked for all the same.
    leading_dense_block_count: uint32(99),
    expert_count: uint32(EXPERTS),
    expert_used_count: uint32(2),
    expert_shared_count: uint32(1),
    expert_feed_forward_length: uint32(EXPERT),
    vocab_size: uint32(VOCABULARY),
  },
  model: output,
  layer: {
    ...weight('attn_norm', WIDTH),
    ...weight('attn_q_a', WIDTH, MLA.queryRank),
    ...weight('attn_q_a_norm', MLA.queryRank),
    ...weight('attn_q_b', MLA.queryRank, HEADS * (MLA.plain + MLA.rotated)),
    ...weight('attn_kv_a_mqa', WIDTH, MLA.rank + MLA.rotated),
    ...weight('attn_kv_a_norm', MLA.rank),
    ...weight('attn_k_b', MLA.plain, MLA.rank, HEADS),
    ...weight('attn_v_b', MLA.rank, HEAD, HEADS),
    ...weight('attn_output', WIDTH, WIDTH),
    ...gatedFeedForward,
  },
  obstacle: 'mla',
};
