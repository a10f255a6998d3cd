import { DecodeCounter } from '../../engine/cache/decode-counter.ts';
import { KvCache } from '../../engine/cache/kv-cache.ts';
import { densePolicy, rebasePolicy, recomputePolicy, streamingPolicy, windowPolicy, type CachePolicy } from '../../engine/cache/policy.ts';
import type { LoadedModel } from '../../engine/model/loaded-model.ts';

export type PolicyName = CachePolicy['name'];

export const POLICIES: readonly PolicyName[] = ['dense', 'window', 'recompute', 'streaming', 'rebase'];

/** @param chunk fewest tokens that leave at once, where the policy lets one choose. */
export function policyNamed(name: PolicyName, chunk: number): CachePolicy {
  switch (name) {
    case 'streaming':
      return streamingPolicy(chunk);
    case 'window':
      return windowPolicy(chunk);
    case 'recompute':
      return recomputePolicy();
    case 'dense':
      return densePolicy();
    case 'rebase':
      return rebasePolicy();
  }
}

/** A cache in a context of its own, as large as it needs, so that no system pays for the cells of another. */
export interface ArmCache {
  readonly cache: KvCache;
  dispose(): Promise<void>;
}

export async function openArmCache(loaded: LoadedModel, policy: CachePolicy, capacity: number, ahead = 0): Promise<ArmCache> {
  const decodes = new DecodeCounter();
  const context = await loaded.model.createContext({
    contextSize: capacity + 1,
    sequences: 1,
    threads: loaded.facts.threads,
    flashAttention: loaded.facts.backend === 'cpu' ? false : 'auto',
    batching: { itemPrioritizationStrategy: decodes.strategy },
  });
  const sequence = context.getSequence({ checkpoints: { max: 0, interval: false } });
  return { cache: new KvCache(sequence, { capacity, policy, decodes, ahead }), dispose: () => context.dispose() };
}
