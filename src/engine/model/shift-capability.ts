import type { GgufFileInfo } from 'node-llama-cpp';

/** Why the positions of a model's keys cannot be shifted. */
export type ShiftObstacle = 'm-rope' | 'rope-scaling' | 'recurrent' | 'hybrid' | 'mla' | 'sliding-window' | 'failed-trial';

/** The facts that decide, as read from the file. */
export interface ShiftFacts {
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly isRecurrent: boolean;
  readonly isHybrid: boolean;
  /** Tokens that the layers see which do not see everything (SWA). */
  readonly swaSize?: number | undefined;
}

export function shiftFacts(info: GgufFileInfo, insights: Omit<ShiftFacts, 'metadata'>): ShiftFacts {
  const { isRecurrent, isHybrid, swaSize } = insights;
  return { metadata: { ...info.architectureMetadata }, isRecurrent, isHybrid, swaSize };
}

/**
 * Decides from the metadata whether cached keys may be moved to other positions. llama.cpp checks this nowhere: a
 * shift aborts the process with M-RoPE (several position components per token), multiplies the keys by their
 * magnitude again with YaRN, longrope and an attention factor, and has nothing to act on where the past is a state
 * instead of a list of keys, or a compressed one (MLA).
 *
 * Where layers see only a sliding window (SWA), llama.cpp puts new tokens into the cells of those that have left it,
 * also when it keeps a cell for each. What moves back into the window after an eviction is then missing: the library
 * evaluates everything again, or, when it does not notice, the model answers to something else. In a cache no larger
 * than that window nothing ever leaves it.
 *
 * @param window tokens the cache may hold
 * @returns the obstacle, or `undefined` when the cache can roll.
 */
export function shiftObstacle(facts: ShiftFacts, window: number): ShiftObstacle | undefined {
  if (facts.isRecurrent) return 'recurrent';
  if (facts.isHybrid) return 'hybrid';
  if (valueAt(facts.metadata, 'rope', 'dimension_sections') !== undefined) return 'm-rope';
  if (valueAt(facts.metadata, 'attention', 'kv_lora_rank') !== undefined) return 'mla';
  if (facts.swaSize !== undefined && facts.swaSize < window) return 'sliding-window';
  return scalesMagnitude(facts.metadata) ? 'rope-scaling' : undefined;
}

function scalesMagnitude(metadata: Readonly<Record<string, unknown>>): boolean {
  const type = valueAt(metadata, 'rope', 'scaling', 'type');
  const factor = valueAt(metadata, 'rope', 'scaling', 'attn_factor');
  return type === 'yarn' || type === 'longrope' || (factor !== undefined && factor !== 1);
}

function valueAt(from: unknown, ...keys: readonly string[]): unknown {
  return keys.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Object.entries(value).find(([name]) => name === key)?.[1] : undefined),
    from,
  );
}
