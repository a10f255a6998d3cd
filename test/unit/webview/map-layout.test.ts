import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { itemBeside, layOutMap, type CacheMap } from '../../../src/webview/cache/map-layout.ts';
import { cache, FULL_CACHE } from '../../webview/fixtures/conversation.ts';

const layouts = fc
  .array(fc.integer({ min: 1, max: 900 }), { maxLength: 150 })
  .map((sizes) => cache(sizes, sizes.length))
  .map((layout) => ({ ...layout, window: Math.max(layout.used, 8192) }));
const widths = fc.integer({ min: 200, max: 900 });

/** All blocks in order of position. */
const blocksOf = ({ items }: CacheMap) => items.flatMap(({ blocks }) => blocks);

describe('the cache as a map', () => {
  it('shows everything in order, row by row, without overlap, within its width', () => {
    fc.assert(
      fc.property(layouts, widths, (layout, width) => {
        const map = layOutMap(layout, width);
        let [row, x] = [0, 0];
        for (const block of blocksOf(map)) {
          if (block.row > row) [row, x] = [block.row, 0];
          expect(block.row).toBe(row);
          expect(block.x).toBeGreaterThanOrEqual(x - 1e-6);
          x = block.x + block.width;
          expect(x).toBeLessThanOrEqual(width + 1e-6);
        }
        expect(row).toBeLessThan(map.rows);
      }),
    );
  });

  it('fills every row', () => {
    fc.assert(
      fc.property(layouts, widths, (layout, width) => {
        const map = layOutMap(layout, width);
        for (let row = 0; row < map.rows; row++) {
          const ends = blocksOf(map).flatMap((block) => (block.row === row ? [block.x + block.width] : []));
          expect(Math.max(...ends)).toBeCloseTo(width);
        }
      }),
    );
  });

  it('accounts for every position of the window', () => {
    fc.assert(
      fc.property(layouts, widths, (layout, width) => {
        let next = 0;
        for (const { start, tokens } of layOutMap(layout, width).items) {
          expect(start).toBe(next);
          next = start + tokens;
        }
        expect(next).toBe(layout.window);
      }),
    );
  });

  it('leaves each of a hundred turns wide enough to be met in a narrow sidebar', () => {
    const sizes = Array.from({ length: 100 }, (_, at) => 20 + ((at * 37) % 120));
    const { items, rows } = layOutMap({ ...cache(sizes, 100), window: 8192 }, 236);
    expect(rows).toBeLessThanOrEqual(8);
    for (const { blocks } of items) expect(blocks.reduce((sum, { width }) => sum + width, 0)).toBeGreaterThanOrEqual(6.5);
  });

  it('is to scale where nothing is too small for that', () => {
    const { items } = layOutMap(cache([1000, 2000], 2), 300);
    const length = (at: number): number => items[at]!.blocks.reduce((sum, { width }) => sum + width, 0);
    expect(length(2) / length(1)).toBeCloseTo(2);
  });

  it('shows nothing where it has no width', () => expect(layOutMap(FULL_CACHE, 0).items).toEqual([]));

  it('has an item above and below, until the edge', () => {
    const map = layOutMap(FULL_CACHE, 280);
    const first = map.items[0]!;
    const below = itemBeside(map, first, 1);
    expect(below.blocks[0].row).toBe(1);
    expect(itemBeside(map, below, -1).blocks[0].row).toBe(0);
    expect(itemBeside(map, first, -1)).toBe(first);
    const last = map.items.at(-1)!;
    expect(itemBeside(map, last, 1)).toBe(last);
  });
});
