import { describe, expect, it } from 'vitest';
import { PassageRing } from '../../../../src/extension/completion/passage-ring.ts';

const lines = (from: number, count: number): string => Array.from({ length: count }, (_, n) => `line(${from + n});`).join('\n');
const texts = (ring: PassageRing): readonly string[] => ring.passages.map(({ text }) => text);

describe('the ring of passages', () => {
  it('keeps them in the order in which they came', () => {
    const ring = new PassageRing();
    expect(ring.add({ path: 'a.ts', text: lines(0, 10) })).toBe(true);
    expect(ring.add({ path: 'b.ts', text: lines(50, 10) })).toBe(true);
    expect(ring.passages.map(({ path }) => path)).toEqual(['a.ts', 'b.ts']);
  });

  it('does not change with what it has', () => {
    const ring = new PassageRing();
    ring.add({ path: 'a.ts', text: lines(0, 10) });
    ring.add({ path: 'a.ts', text: lines(50, 10) });
    expect(ring.add({ path: 'a.ts', text: lines(0, 10) })).toBe(false);
    expect(texts(ring)).toEqual([lines(0, 10), lines(50, 10)]);
  });

  it('puts a passage in the place of one that is mostly the same', () => {
    const ring = new PassageRing();
    ring.add({ path: 'a.ts', text: lines(0, 10) });
    ring.add({ path: 'a.ts', text: lines(50, 10) });
    ring.add({ path: 'a.ts', text: lines(2, 10) });
    expect(texts(ring)).toEqual([lines(50, 10), lines(2, 10)]);
  });

  it('does not take the same lines in two files for one passage', () => {
    const ring = new PassageRing();
    ring.add({ path: 'a.ts', text: lines(0, 10) });
    ring.add({ path: 'b.ts', text: lines(0, 10) });
    expect(ring.passages).toHaveLength(2);
  });

  it('lets the oldest go', () => {
    const ring = new PassageRing();
    for (let n = 0; n < 20; n++) ring.add({ path: 'a.ts', text: lines(100 * n, 10) });
    expect(ring.passages).toHaveLength(16);
    expect(texts(ring)[0]).toBe(lines(400, 10));
  });

  it('takes nothing that is empty', () => {
    expect(new PassageRing().add({ path: 'a.ts', text: ' \n\n' })).toBe(false);
  });

  it('forgets', () => {
    const ring = new PassageRing();
    ring.add({ path: 'a.ts', text: lines(0, 10) });
    ring.clear();
    expect(ring.passages).toEqual([]);
    expect(ring.add({ path: 'a.ts', text: lines(0, 10) })).toBe(true);
  });
});
