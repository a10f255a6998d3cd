import type { CacheLayout, Segment } from '../../shared/cache-layout.ts';

/** One segment as it is drawn; lengths in pixels. */
export interface StripPart {
  readonly segment: Segment;
  readonly x: number;
  readonly width: number;
  /** 0 for the turn that is evicted next, 1 for the newest. */
  readonly recency: number;
}

export interface Strip {
  readonly parts: readonly StripPart[];
  /** Where the free part begins. */
  readonly end: number;
  /** Where the evicted middle is missing; undefined while nothing has been evicted. */
  readonly tear: number | undefined;
}

/** Width of the gap that stands for what was evicted between the sinks and the oldest turn. */
export const TEAR_WIDTH = 7;
/** Parts narrower than this are drawn without a gap, or there would be only gaps. */
const NARROWEST_WITH_GAP = 4;
const GAP = 1;

/**
 * Lays the cache out on a strip of the given width, in order of position.
 * @param evicted whether tokens are missing between the sinks and the first turn
 */
export function layOutStrip(layout: CacheLayout, width: number, evicted: boolean): Strip {
  const firstRolling = layout.segments.find((segment) => segment.kind !== 'sink');
  const tear = evicted && firstRolling ? TEAR_WIDTH : 0;
  const scale = Math.max(width - tear, 0) / Math.max(layout.window, 1);
  const turns = layout.segments.filter((segment) => segment.kind === 'turn');
  const parts = layout.segments.map((segment) => {
    const full = segment.tokens * scale;
    return {
      segment,
      x: segment.start * scale + (segment.kind === 'sink' ? 0 : tear),
      width: full < NARROWEST_WITH_GAP ? full : full - GAP,
      recency: turns.length < 2 ? 1 : Math.max(turns.indexOf(segment), 0) / (turns.length - 1),
    };
  });
  return {
    parts,
    end: layout.used * scale + tear,
    tear: tear === 0 || !firstRolling ? undefined : firstRolling.start * scale,
  };
}
