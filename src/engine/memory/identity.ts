import type { RebuildReason } from '../../shared/protocol/status.ts';
import type { LoadedModel } from '../model/loaded-model.ts';
import { nativeLibrary } from '../model/native-library.ts';
import type { CacheIdentity } from './manifest.ts';

/** What a native state of this model's chat context depends on. */
export async function identityOf({ fingerprint, facts, context }: LoadedModel, systemPrompt: string): Promise<CacheIdentity> {
  const { getModuleVersion } = await nativeLibrary();
  return {
    fingerprint,
    library: await getModuleVersion(),
    backend: facts.backend,
    flashAttention: String(context.flashAttention),
    contextSize: context.contextSize,
    window: facts.window,
    canShift: facts.canShift,
    yarnLeftOut: facts.yarnLeftOut,
    quantizedValues: facts.quantizedValues ?? false,
    systemPrompt,
  };
}

/** Why a state with one identity is of no use where there is another; `undefined` when it is. */
export function difference(one: CacheIdentity, other: CacheIdentity): RebuildReason | undefined {
  if (one.fingerprint !== other.fingerprint) return 'other-model';
  if (one.library !== other.library) return 'other-version';
  if (one.systemPrompt !== other.systemPrompt) return 'other-prompt';
  const context = ({ backend, flashAttention, contextSize, window, canShift, yarnLeftOut, quantizedValues }: CacheIdentity): string =>
    JSON.stringify([backend, flashAttention, contextSize, window, canShift, yarnLeftOut, quantizedValues]);
  return context(one) === context(other) ? undefined : 'other-context';
}
