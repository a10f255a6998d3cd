import { describe, expect, it } from 'vitest';
import { shiftObstacle, type ShiftFacts } from '../../../src/engine/model/shift-capability.ts';

const plain: ShiftFacts = {
  architecture: 'llama',
  basename: 'Llama-3.2',
  metadata: { rope: { dimension_count: 64, freq_base: 10000 } },
  hasPositionEmbeddings: false,
  isRecurrent: false,
  isHybrid: false,
};

const yarn = (scaling: object = {}): ShiftFacts['metadata'] => ({
  rope: { scaling: { type: 'yarn', factor: 4, original_context_length: 4096, ...scaling } },
});

const qwen: ShiftFacts = { ...plain, architecture: 'qwen3', basename: 'Qwen3' };

describe('whether positions can be shifted', () => {
  it.each([
    ['plain rotary positions', plain],
    ['positions stretched linearly', { ...plain, metadata: { rope: { scaling: { type: 'linear', factor: 4 } } } }],
    ['no rotary positions at all, as with ALiBi', { ...plain, metadata: { attention: { max_alibi_bias: 8 } } }],
    ['a sliding window no smaller than the cache', { ...plain, swaSize: 4096 }],
    [
      'YaRN that Qwen was not trained with, in a window that needs none',
      { ...qwen, architecture: 'qwen2', basename: 'Qwen2.5-Coder', metadata: yarn() },
    ],
    ['layers that all rotate, in an EXAONE without a sliding window', { ...plain, architecture: 'exaone4' }],
    ['a Granite with positions', { ...plain, architecture: 'granite', metadata: { rope: { scaling: { finetuned: true } } } }],
    ['an attention factor of one', { ...plain, metadata: { rope: { scaling: { attn_factor: 1 } } } }],
  ])('%s: yes', (_what, facts) => {
    expect(shiftObstacle(facts, 4096)).toBeUndefined();
  });

  it.each([
    ['several position components per token', { ...plain, metadata: { rope: { dimension_sections: [16, 24, 24, 0] } } }, 'm-rope'],
    ['YaRN', { ...plain, metadata: { rope: { scaling: { type: 'yarn', factor: 4 } } } }, 'rope-scaling'],
    ['YaRN that the model may have been trained with', { ...plain, metadata: yarn() }, 'rope-scaling'],
    ['YaRN in what others made of Qwen', { ...qwen, basename: 'DeepSeek-R1-0528-Qwen3', metadata: yarn() }, 'rope-scaling'],
    ['YaRN in a Qwen that others have made', { ...qwen, organization: 'Somebody', metadata: yarn() }, 'rope-scaling'],
    ['YaRN in a later Qwen', { ...qwen, basename: 'Qwen3.5', metadata: yarn() }, 'rope-scaling'],
    ['YaRN in a model that does not say what it is', { ...qwen, basename: undefined, metadata: yarn() }, 'rope-scaling'],
    ['YaRN that says it was trained', { ...qwen, metadata: yarn({ finetuned: true }) }, 'rope-scaling'],
    ['YaRN that the window needs', { ...qwen, metadata: yarn({ original_context_length: 4095 }) }, 'rope-scaling'],
    ['YaRN with a magnitude of its own', { ...qwen, metadata: yarn({ attn_factor: 1.2 }) }, 'rope-scaling'],
    ['layers without positions', { ...plain, architecture: 'smollm3' }, 'unrotated-layers'],
    ['layers without positions beside a sliding window', { ...plain, architecture: 'exaone4', swaSize: 4096 }, 'unrotated-layers'],
    [
      'a Granite without positions',
      { ...plain, architecture: 'granite', metadata: { rope: { scaling: { finetuned: false } } } },
      'unrotated-layers',
    ],
    ['positions that are learned', { ...plain, hasPositionEmbeddings: true }, 'learned-positions'],
    ['longrope', { ...plain, metadata: { rope: { scaling: { type: 'longrope' } } } }, 'rope-scaling'],
    ['an attention factor', { ...plain, metadata: { rope: { scaling: { attn_factor: 1.19 } } } }, 'rope-scaling'],
    ['a recurrent state', { ...plain, isRecurrent: true }, 'recurrent'],
    ['attention mixed with a recurrent state', { ...plain, isHybrid: true }, 'hybrid'],
    ['a compressed cache', { ...plain, metadata: { attention: { kv_lora_rank: 512 } } }, 'mla'],
    ['a sliding window smaller than the cache', { ...plain, swaSize: 4095 }, 'sliding-window'],
  ])('%s: no', (_what, facts, obstacle) => {
    expect(shiftObstacle(facts, 4096)).toBe(obstacle);
  });
});
