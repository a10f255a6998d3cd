import { KvCache } from '../../engine/cache/kv-cache.ts';
import { densePolicy, rebasePolicy, recomputePolicy, streamingPolicy, windowPolicy, type CachePolicy } from '../../engine/cache/policy.ts';
import type { LoadedModel } from '../../engine/model/loaded-model.ts';
import { openArmContext } from '../arms/arm-context.ts';

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
      return rebasePolicy(chunk);
  }
}

/** A cache in a context of its own, as large as it needs, so that no system pays for the cells of another. */
export interface ArmCache {
  readonly cache: KvCache;
  readonly dispose: () => Promise<void>;
}

/** Never for a policy to which there is an obstacle. */
export async function openArmCache(loaded: LoadedModel, policy: CachePolicy, capacity: number): Promise<ArmCache> {
  const obstacle = obstacleTo(loaded, policy.name);
  if (obstacle !== undefined) throw new Error(`keys would be shifted that must not be: ${obstacle}`);
  const arm = await openArmContext(loaded, { window: capacity });
  const cache = new KvCache(arm.sequence, { capacity, policy, decodes: arm.decodes, ahead: 0 });
  return { cache, dispose: () => arm.dispose() };
}

/** Why the policy cannot be used with this model, if it cannot: it shifts keys, and they must not be shifted. */
export function obstacleTo({ facts }: LoadedModel, policy: PolicyName): string | undefined {
  const shifts = policy === 'streaming' || policy === 'window';
  return shifts && !facts.canShift ? (facts.shiftObstacle ?? 'unknown') : undefined;
}
