import type { CacheOperation } from './operations.ts';

/** What an eviction took, for the record. */
export interface Eviction {
  readonly tokens: number;
  /** Turns that lost tokens, oldest first. */
  readonly turnIds: readonly number[];
  /** Those of them of which nothing is left. */
  readonly goneTurnIds: readonly number[];
}

export interface CacheListener {
  /** Everything that changes what the cache holds, when it is done. */
  onOperation?(operation: CacheOperation): void;
  onEviction?(eviction: Eviction): void;
  /** Progress of computing the cache anew, in tokens; only with the `rebase` strategy. */
  onRebuild?(done: number, total: number): void;
}
