import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  densePolicy,
  rebasePolicy,
  recomputePolicy,
  streamingPolicy,
  windowPolicy,
  type EvictionPolicy,
} from '../../../src/engine/cache/policy.ts';
import { evict, merged, rangeOf, usedTokens } from '../../../src/engine/cache/segments.ts';
import type { Segment, TokenRange, TurnParts } from '../../../src/shared/cache-layout.ts';

type Part = Pick<Segment, 'kind' | 'tokens'> & Partial<TurnParts>;

function layOut(parts: readonly Part[]): readonly Segment[] {
  let start = 0;
  return parts.map(({ kind, tokens, header = 0, message = 0, answerHeader = 0 }, index) => {
    const segment = { id: index + 1, kind, turnId: index + 1, tokens, start, header, message, answerHeader, evicted: 0 };
    start += tokens;
    return segment;
  });
}

const sinks: Part = { kind: 'sink', tokens: 10, header: 10 };
const turn = (tokens: number, header = 2): Part => ({ kind: 'turn', tokens, header });

describe('the streaming policy', () => {
  it('evicts nothing while there is room', () => {
    expect(streamingPolicy(16).evict(layOut([sinks, turn(50), turn(30)]), 100, 10)).toEqual([]);
  });

  it('evicts the oldest turn whole when one token is missing and little of it would be left', () => {
    expect(streamingPolicy(32).evict(layOut([sinks, turn(50), turn(30)]), 100, 11)).toEqual([{ start: 10, end: 60 }]);
  });

  it('evicts inside the oldest turn, behind its header, when more than another chunk of it can stay', () => {
    expect(streamingPolicy(16).evict(layOut([sinks, turn(50), turn(30)]), 100, 11)).toEqual([{ start: 12, end: 28 }]);
    expect(streamingPolicy(16).evict(layOut([sinks, turn(10), turn(50), turn(30)]), 100, 1)).toEqual([
      { start: 10, end: 20 },
      { start: 22, end: 28 },
    ]);
  });

  it('evicts a turn whole when no more than another chunk of it could stay', () => {
    const missing = 11;
    const oldest = (inside: number): Part => ({ kind: 'turn', tokens: 2 + inside, header: 2 });
    const evicted = (inside: number): readonly TokenRange[] =>
      streamingPolicy(16).evict(layOut([sinks, oldest(inside), turn(88 - inside)]), 100 + missing - 1, missing);
    expect(evicted(32)).toEqual([{ start: 10, end: 44 }]);
    expect(evicted(33)).toEqual([{ start: 12, end: 28 }]);
  });

  it('keeps the header of the answer when the message is gone, so that nobody’s words become another’s', () => {
    const spoken: Part = { kind: 'turn', tokens: 70, header: 2, message: 10, answerHeader: 4 };
    expect(streamingPolicy(16).evict(layOut([sinks, spoken, turn(20)]), 100, 1)).toEqual([
      { start: 12, end: 22 },
      { start: 26, end: 32 },
    ]);
    expect(streamingPolicy(8).evict(layOut([sinks, spoken, turn(20)]), 100, 1)).toEqual([{ start: 12, end: 20 }]);
  });

  it('takes from the newest turn only what is needed when others have left', () => {
    const segments = layOut([sinks, turn(20), turn(70)]);
    expect(streamingPolicy(30).evict(segments, 100, 1)).toEqual([{ start: 10, end: 30 }]);
    expect(streamingPolicy(30).evict(segments, 100, 21)).toEqual([
      { start: 10, end: 30 },
      { start: 32, end: 42 },
    ]);
  });

  it('leaves the last segment open when all of it has left', () => {
    const left = evict(layOut([sinks, turn(20)]), [{ start: 10, end: 30 }]);
    expect(left).toMatchObject([{ tokens: 10 }, { tokens: 0, start: 10, evicted: 20 }]);
  });

  it('joins ranges that touch', () => {
    const ranges = [
      { start: 4, end: 8 },
      { start: 8, end: 10 },
      { start: 12, end: 13 },
    ];
    expect(merged(ranges)).toEqual([
      { start: 4, end: 10 },
      { start: 12, end: 13 },
    ]);
  });

  it('evicts nothing of a turn of which only a part of the header is there', () => {
    expect(streamingPolicy(1).evict(layOut([sinks, { kind: 'turn', tokens: 2, header: 5 }]), 12, 1)).toEqual([]);
  });

  it('leaves something of a large turn when another large one comes', () => {
    const [segments, incoming] = [layOut([sinks, turn(60), turn(0, 0)]), 50];
    expect(usedTokens(evict(segments, streamingPolicy(12).evict(segments, 100, incoming)))).toBe(50);
  });

  it('evicts whole turns until a chunk is free', () => {
    const segments = layOut([sinks, turn(10), turn(10), turn(10), turn(60)]);
    expect(streamingPolicy(16).evict(segments, 100, 1)).toEqual([
      { start: 10, end: 20 },
      { start: 20, end: 30 },
    ]);
  });

  it('evicts inside the newest turn, behind its header, when that alone is too large', () => {
    expect(streamingPolicy(16).evict(layOut([sinks, turn(90, 4)]), 100, 1)).toEqual([{ start: 14, end: 30 }]);
  });

  it('steps over what is pinned', () => {
    const segments = layOut([sinks, { kind: 'pinned', tokens: 20 }, turn(20), turn(50)]);
    expect(streamingPolicy(16).evict(segments, 100, 1)).toEqual([{ start: 30, end: 50 }]);
  });

  it('says how much it can free when that is not enough', () => {
    const segments = layOut([sinks, turn(20, 2)]);
    expect(streamingPolicy(16).evict(segments, 40, 35)).toEqual([{ start: 12, end: 30 }]);
  });
});

describe('the rebase policy', () => {
  it('goes down to half the capacity at once, so that rebuilding is seldom', () => {
    const segments = layOut([sinks, turn(20), turn(20), turn(20), turn(29)]);
    const left = evict(segments, rebasePolicy(12).evict(segments, 100, 2));
    expect(usedTokens(left)).toBe(39);
  });
});

describe('the baselines', () => {
  const full = layOut([sinks, turn(50), turn(40)]);

  it('window attention evicts the oldest tokens, sinks and all', () => {
    expect(windowPolicy(16).evict(full, 100, 1)).toEqual([{ start: 0, end: 16 }]);
  });

  it('re-computation keeps what a prompt begins with, evicts token by token, and computes the rest anew', () => {
    expect(recomputePolicy().evict(full, 100, 1)).toEqual([{ start: 10, end: 11 }]);
    expect(recomputePolicy().evict(layOut([turn(50), turn(50)]), 100, 1)).toEqual([{ start: 0, end: 1 }]);
    expect(recomputePolicy().remaining).toBe('recompute');
  });

  it('dense attention evicts nothing', () => {
    expect(densePolicy().evict(full, 100, 50)).toEqual([]);
  });
});

const parts = fc
  .tuple(
    fc.integer({ min: 1, max: 40 }),
    fc.array(
      fc.record({
        kind: fc.constantFrom('turn' as const, 'turn' as const, 'pinned' as const, 'draft' as const),
        tokens: fc.integer({ min: 1, max: 60 }),
      }),
      {
        maxLength: 12,
      },
    ),
  )
  .map(([tokens, rest]) =>
    layOut([{ kind: 'sink', tokens, header: tokens }, ...rest.map((part) => ({ ...part, header: Math.min(3, part.tokens) }))]),
  );

const policies: readonly (readonly [string, EvictionPolicy])[] = [
  ['streaming, token by token', streamingPolicy(1).evict],
  ['streaming, in chunks', streamingPolicy(24).evict],
  ['rebase', rebasePolicy(12).evict],
];

describe.each(policies)('every eviction of %s', (_name, policy) => {
  const check = (property: (segments: readonly Segment[], capacity: number, incoming: number) => void): void => {
    fc.assert(
      fc.property(parts, fc.integer({ min: 1, max: 60 }), fc.integer({ min: -30, max: 60 }), (segments, incoming, slack) => {
        property(segments, Math.max(1, usedTokens(segments) + slack), incoming);
      }),
      { numRuns: 500 },
    );
  };

  it('takes nothing without need', () => {
    check((segments, capacity, incoming) => {
      if (usedTokens(segments) + incoming <= capacity) expect(policy(segments, capacity, incoming)).toEqual([]);
    });
  });

  it('keeps sinks, pins and drafts whole', () => {
    check((segments, capacity, incoming) => {
      const kept = evict(segments, policy(segments, capacity, incoming));
      for (const segment of segments.filter(({ kind }) => kind !== 'turn')) {
        expect(kept.find(({ id }) => id === segment.id)?.tokens).toBe(segment.tokens);
      }
    });
  });

  it('never starts at position 0 and gives ascending ranges that do not overlap', () => {
    check((segments, capacity, incoming) => {
      let last = 0;
      for (const { start, end } of policy(segments, capacity, incoming)) {
        expect(start).toBeGreaterThan(0);
        expect(start).toBeGreaterThanOrEqual(last);
        expect(end).toBeGreaterThan(start);
        last = end;
      }
      expect(last).toBeLessThanOrEqual(usedTokens(segments));
    });
  });

  it('keeps the order, closes the gaps, and evicts older turns before newer ones', () => {
    check((segments, capacity, incoming) => {
      const kept = evict(segments, policy(segments, capacity, incoming));
      let position = 0;
      for (const segment of kept) {
        expect(segment.start).toBe(position);
        position = rangeOf(segment).end;
      }
      expect(kept.map(({ id }) => id)).toEqual([...kept.map(({ id }) => id)].sort((a, b) => a - b));
      const turns = segments.filter(({ kind }) => kind === 'turn');
      const whole = turns.map(({ id, tokens }) => kept.find((segment) => segment.id === id)?.tokens === tokens);
      expect(whole).toEqual([...whole].sort((a, b) => Number(a) - Number(b)));
    });
  });

  it('makes room whenever turns hold enough besides the header of the newest', () => {
    check((segments, capacity, incoming) => {
      const newest = segments.findLast(({ kind }) => kind === 'turn');
      const fixed = usedTokens(segments.filter(({ kind }) => kind !== 'turn')) + (newest?.header ?? 0);
      const kept = evict(segments, policy(segments, capacity, incoming));
      if (fixed + incoming <= capacity) expect(usedTokens(kept) + incoming).toBeLessThanOrEqual(capacity);
    });
  });

  it('keeps the role header of the newest turn', () => {
    check((segments, capacity, incoming) => {
      const newest = segments.findLast(({ kind }) => kind === 'turn');
      const kept = evict(segments, policy(segments, capacity, incoming)).find(({ id }) => id === newest?.id);
      if (newest) expect(kept?.tokens ?? 0).toBeGreaterThanOrEqual(newest.header);
    });
  });
});
