import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layOutStrip, TEAR_WIDTH } from '../../../src/webview/cache/strip.ts';
import { cache } from '../../webview/fixtures/conversation.ts';

const WIDTH = 300;
const layouts = fc
  .tuple(fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 60 }), fc.integer({ min: 0, max: 4000 }))
  .map(([sizes, instructions]) => cache(sizes, sizes.length, {}, 0, instructions))
  .map((layout) => ({ ...layout, window: Math.max(layout.used, 8192) }));

describe('the cache as a strip', () => {
  it('draws the segments in order, without overlap, within the width', () => {
    fc.assert(
      fc.property(layouts, fc.boolean(), (layout, evicted) => {
        const { parts, end } = layOutStrip(layout, WIDTH, evicted);
        let previous = 0;
        for (const part of parts) {
          expect(part.x).toBeGreaterThanOrEqual(previous - 1e-6);
          previous = part.x + part.width;
        }
        expect(end).toBeGreaterThanOrEqual(previous - 1e-6);
        expect(end).toBeLessThanOrEqual(WIDTH + 1e-6);
      }),
    );
  });

  it('fills the width when the cache is full', () => {
    const full = cache([8096], 1);
    expect(layOutStrip(full, WIDTH, true).end).toBeCloseTo(WIDTH);
  });

  it('keeps the sinks visible however few they are', () => {
    const { parts } = layOutStrip({ ...cache([100], 1), window: 131_072 }, WIDTH, false);
    expect(parts[0]?.width).toBeGreaterThan(5);
  });

  it('is torn behind the sinks once something has been evicted', () => {
    const layout = cache([1000, 2000], 9);
    expect(layOutStrip(layout, WIDTH, false).tear).toBeUndefined();
    const { tear, parts } = layOutStrip(layout, WIDTH, true);
    expect(tear).toBeDefined();
    expect(parts[1]?.x).toBeCloseTo(tear! + TEAR_WIDTH);
  });

  it('is torn behind the instructions, which stay too', () => {
    const layout = cache([1000, 2000], 9, {}, 0, 500);
    const { tear, parts } = layOutStrip(layout, WIDTH, true);
    expect(tear).toBeGreaterThan(parts[1]!.x + parts[1]!.width);
    expect(parts[2]?.x).toBeCloseTo(tear! + TEAR_WIDTH);
    expect(layOutStrip(cache([], 0, {}, 0, 500), WIDTH, true).tear).toBeUndefined();
  });

  it('makes the newest turn the brightest', () => {
    const { parts } = layOutStrip(cache([100, 100, 100], 3), WIDTH, false);
    expect(parts.map(({ recency }) => recency)).toEqual([1, 0, 0.5, 1]);
  });
});
