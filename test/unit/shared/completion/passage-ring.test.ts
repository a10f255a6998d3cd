import { describe, expect, it } from 'vitest';
import { PassageRing, type NotedPassage } from '../../../../src/shared/completion/passage-ring.ts';
import type { Passage } from '../../../../src/shared/protocol/completion.ts';

const lines = (from: number, count: number): string => Array.from({ length: count }, (_, n) => `line(${from + n});`).join('\n');
const passage = (path: string, text: string, line = 0): NotedPassage => ({ path, text, uri: `file:///${path}`, line });
const all = (ring: PassageRing): readonly Passage[] => ring.awayFrom('', 0, 0);
const texts = (ring: PassageRing): readonly string[] => all(ring).map(({ text }) => text);

describe('the ring of passages', () => {
  it('keeps them in the order in which they came', () => {
    const ring = new PassageRing();
    expect(ring.add(passage('a.ts', lines(0, 10)))).toBe(true);
    expect(ring.add(passage('b.ts', lines(50, 10)))).toBe(true);
    expect(all(ring).map(({ path }) => path)).toEqual(['a.ts', 'b.ts']);
  });

  it('does not change with what it has', () => {
    const ring = new PassageRing();
    ring.add(passage('a.ts', lines(0, 10)));
    ring.add(passage('a.ts', lines(50, 10)));
    expect(ring.add(passage('a.ts', lines(0, 10)))).toBe(false);
    expect(texts(ring)).toEqual([lines(0, 10), lines(50, 10)]);
  });

  it('puts a passage in the place of one that is mostly the same', () => {
    const ring = new PassageRing();
    ring.add(passage('a.ts', lines(0, 10)));
    ring.add(passage('a.ts', lines(50, 10)));
    ring.add(passage('a.ts', lines(2, 10)));
    expect(texts(ring)).toEqual([lines(50, 10), lines(2, 10)]);
  });

  it('does not take the same lines in two files for one passage', () => {
    const ring = new PassageRing();
    ring.add(passage('a.ts', lines(0, 10)));
    ring.add(passage('b.ts', lines(0, 10)));
    expect(all(ring)).toHaveLength(2);
  });

  it('lets the oldest go', () => {
    const ring = new PassageRing();
    for (let n = 0; n < 20; n++) ring.add(passage('a.ts', lines(100 * n, 10)));
    expect(all(ring)).toHaveLength(16);
    expect(texts(ring)[0]).toBe(lines(400, 10));
  });

  it('takes nothing that is empty', () => {
    expect(new PassageRing().add(passage('a.ts', ' \n\n'))).toBe(false);
  });

  it('forgets', () => {
    const ring = new PassageRing();
    ring.add(passage('a.ts', lines(0, 10)));
    ring.clear();
    expect(all(ring)).toEqual([]);
    expect(ring.add(passage('a.ts', lines(0, 10)))).toBe(true);
  });

  it('shows what is far away in the file at hand, and not what is near', () => {
    const ring = new PassageRing();
    ring.add(passage('a.ts', lines(0, 10), 20));
    ring.add(passage('a.ts', lines(500, 10), 500));
    ring.add(passage('b.ts', lines(0, 10), 20));
    expect(ring.awayFrom('file:///a.ts', 30, 60)).toEqual([
      { path: 'a.ts', text: lines(500, 10) },
      { path: 'b.ts', text: lines(0, 10) },
    ]);
  });
});
