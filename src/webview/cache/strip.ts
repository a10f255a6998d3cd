import { tokensOf, type CacheLayout, type Segment } from '../../shared/cache-layout.ts';

/** One segment as it is drawn; lengths in pixels. */
export interface StripPart {
  readonly segment: Segment;
  readonly x: number;
  readonly width: number;
  /** 0 for the turn that is evicted next, 1 for the newest and for what stays. */
  readonly recency: number;
}

export interface Strip {
  readonly parts: readonly StripPart[];
  /** Where the free part begins. */
  readonly end: number;
  /** Where the evicted middle is missing; undefined while nothing has been evicted. */
  readonly tear: number | undefined;
}

/** Width of the gap that stands for what was evicted between what always stays and the oldest turn. */
export const TEAR_WIDTH = 7;
/** The sinks are few and matter most: they are never drawn narrower. */
const NARROWEST_SINKS = 7;
/** Parts narrower than this are drawn without a gap, or there would be only gaps. */
const NARROWEST_WITH_GAP = 4;
const GAP = 1;

/**
 * Lays the cache out on a strip of the given width, in order of position.
 * @param evicted whether tokens are missing before the first turn
 */
export function layOutStrip(layout: CacheLayout, width: number, evicted: boolean): Strip {
  const sinkTokens = tokensOf(layout, 'sink');
  const sinkWidth = sinkTokens === 0 ? 0 : Math.max((sinkTokens / layout.window) * width, NARROWEST_SINKS);
  const anchored = sinkTokens + tokensOf(layout, 'instructions');
  const tearWidth = evicted && layout.used > anchored ? TEAR_WIDTH : 0;
  const scale = Math.max(width - sinkWidth - tearWidth, 0) / Math.max(layout.window - sinkTokens, 1);
  const place = (position: number): number => sinkWidth + (position - sinkTokens) * scale + (position < anchored ? 0 : tearWidth);

  const turns = layout.segments.filter((segment) => segment.kind === 'turn');
  const recency = new Map(turns.map((segment, index) => [segment, turns.length < 2 ? 1 : index / (turns.length - 1)]));
  return {
    parts: layout.segments.map((segment) => ({
      segment,
      x: segment.kind === 'sink' ? (segment.start / Math.max(sinkTokens, 1)) * sinkWidth : place(segment.start),
      width: withGap(segment.kind === 'sink' ? (segment.tokens / sinkTokens) * sinkWidth : segment.tokens * scale),
      recency: recency.get(segment) ?? 1,
    })),
    end: place(layout.used),
    tear: tearWidth > 0 ? place(anchored) - tearWidth : undefined,
  };
}

function withGap(width: number): number {
  return width < NARROWEST_WITH_GAP ? width : width - GAP;
}
