import type { CacheLayout, Segment } from '../../shared/cache-layout.ts';

/** A piece of the map within one of its rows; lengths in pixels. */
export interface MapBlock {
  readonly row: number;
  readonly x: number;
  readonly width: number;
}

/** What the map shows as one thing: a segment, or what is free. It may go on in the next row. */
export interface MapItem {
  /** Undefined for what is free. */
  readonly segment: Segment | undefined;
  readonly start: number;
  readonly tokens: number;
  /** In order, at least one. */
  readonly blocks: readonly [MapBlock, ...MapBlock[]];
}

export interface CacheMap {
  readonly items: readonly MapItem[];
  readonly rows: number;
}

const FEWEST_ROWS = 3;
const MOST_ROWS = 8;
/** An item should have so much room on average, so that it can be met with the mouse. */
const COMFORTABLE = 18;
/** And has no less than this, however few tokens it holds; nor has a piece of it at the end of a row. */
const NARROWEST = 7;

/** Lays the cache out in rows, in order of position, to scale where that leaves every segment wide enough to be seen. */
export function layOutMap(layout: CacheLayout, width: number): CacheMap {
  const contents = contentsOf(layout);
  if (width <= 0 || contents.length === 0) return { items: [], rows: 0 };
  const rows = Math.min(MOST_ROWS, Math.max(FEWEST_ROWS, Math.ceil((contents.length * COMFORTABLE) / width)));
  // At the end of each row the last piece may get more than its share.
  const lengths = shared(
    contents.map(({ tokens }) => tokens),
    rows * Math.max(width - NARROWEST, 1),
  );
  const wrap = wrapper(width, rows);
  const last = contents.length - 1;
  return { items: contents.map((content, at) => ({ ...content, blocks: wrap(at === last ? Infinity : (lengths[at] ?? 0)) })), rows };
}

/** The item that begins in the next row, or the previous one, nearest to where this one begins. */
export function itemBeside({ items }: CacheMap, from: MapItem, by: 1 | -1): MapItem {
  const [edge] = from.blocks;
  const beyond = items.filter(({ blocks }) => (blocks[0].row - edge.row) * by > 0);
  const row = Math.min(...beyond.map(({ blocks }) => blocks[0].row * by)) * by;
  const distance = ({ blocks }: MapItem): number => Math.abs(centreOf(blocks[0]) - centreOf(edge));
  const nearest = beyond.filter(({ blocks }) => blocks[0].row === row).toSorted((a, b) => distance(a) - distance(b))[0];
  return nearest ?? from;
}

function centreOf({ x, width }: MapBlock): number {
  return x + width / 2;
}

function contentsOf({ segments, used, window }: CacheLayout): readonly Omit<MapItem, 'blocks'>[] {
  const held = segments.filter(({ tokens }) => tokens > 0).map((segment) => ({ segment, start: segment.start, tokens: segment.tokens }));
  return used < window ? [...held, { segment: undefined, start: used, tokens: window - used }] : held;
}

/** Shares a length out by weight, so that nobody gets less than the narrowest, or all the same where there is too little for that. */
function shared(weights: readonly number[], length: number): readonly number[] {
  const least = Math.min(NARROWEST, length / weights.length);
  let narrow = new Set<number>();
  for (;;) {
    const rest = length - narrow.size * least;
    const weight = weights.reduce((sum, value, at) => sum + (narrow.has(at) ? 0 : value), 0);
    const lengths = weights.map((value, at) => (narrow.has(at) ? least : (value / weight) * rest));
    const tooNarrow = new Set(lengths.flatMap((value, at) => (value <= least ? [at] : [])));
    if (tooNarrow.size === narrow.size || tooNarrow.size === weights.length) return lengths;
    narrow = tooNarrow;
  }
}

/** Places one length after the other into rows, until they are full. What would be left of a row for others goes to the last in it. */
function wrapper(width: number, rows: number): (length: number) => MapItem['blocks'] {
  let row = 0;
  let x = 0;
  const place = (length: number): MapBlock => {
    const room = width - x;
    const block = { row, x, width: room - length < NARROWEST ? room : length };
    x += block.width;
    return block;
  };
  const isAtEnd = (): boolean => x >= width && row < rows - 1;
  return (length) => {
    if (isAtEnd()) [row, x] = [row + 1, 0];
    const blocks: [MapBlock, ...MapBlock[]] = [place(length)];
    for (let left = length - blocks[0].width; left >= NARROWEST && isAtEnd();) {
      [row, x] = [row + 1, 0];
      const block = place(left);
      blocks.push(block);
      left -= block.width;
    }
    return blocks;
  };
}
