import { describe, expect, it } from 'vitest';
import { shiftObstacle } from '../../../src/engine/model/shift-capability.ts';

const plain = { metadata: { rope: { dimension_count: 64, freq_base: 10000 } }, isRecurrent: false, isHybrid: false };

describe('whether positions can be shifted', () => {
  it.each([
    ['plain rotary positions', plain],
    ['positions stretched linearly', { ...plain, metadata: { rope: { scaling: { type: 'linear', factor: 4 } } } }],
    ['no rotary positions at all, as with ALiBi', { ...plain, metadata: { attention: { max_alibi_bias: 8 } } }],
    ['a sliding window no smaller than the cache', { ...plain, swaSize: 4096 }],
    ['an attention factor of one', { ...plain, metadata: { rope: { scaling: { attn_factor: 1 } } } }],
  ])('%s: yes', (_what, facts) => {
    expect(shiftObstacle(facts, 4096)).toBeUndefined();
  });

  it.each([
    ['several position components per token', { ...plain, metadata: { rope: { dimension_sections: [16, 24, 24, 0] } } }, 'm-rope'],
    ['YaRN', { ...plain, metadata: { rope: { scaling: { type: 'yarn', factor: 4 } } } }, 'rope-scaling'],
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
