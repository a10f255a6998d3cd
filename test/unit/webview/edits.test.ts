import { expect, test } from 'vitest';
import type { CacheLayout } from '../../../src/shared/cache-layout.ts';
import { UNKNOWN_CONVERSATION } from '../../../src/webview/state/conversation.ts';
import { atTurn, editCost, textAt } from '../../../src/webview/state/edits.ts';
import { cache, stats, status, turns } from '../../webview/fixtures/conversation.ts';

const costOf = (turnId: number, layout: CacheLayout | undefined, { hasLater = false, evictedUpTo = 0 } = {}) =>
  editCost(turnId, {
    ...UNKNOWN_CONVERSATION,
    shown: { turns: turns(1, 5), hasEarlier: false, hasLater },
    status: status({ cache: layout, evictedUpTo, stats: stats({ promptTokensPerSecond: 0 }) }),
  });

test('a turn is changed to the text that was written last, or not any more', () => {
  const edits = atTurn(atTurn([], 1, 'one'), 1, 'two');
  expect([textAt(edits, 1), textAt(edits, 2), atTurn(edits, 1, undefined)]).toEqual(['two', undefined, []]);
});

test('costs the turns behind it, as far as their end is known', () => {
  expect(costOf(3, cache([10, 10, 10], 5))).toEqual({ leaving: 2 });
  expect(costOf(3, cache([10, 10, 10], 5), { hasLater: true })).toEqual({ leaving: undefined });
});

test('costs half the window, without what never leaves, where its place has left the cache wholly or in part', () => {
  const reread = { tokens: 4096 - 96, seconds: undefined };
  expect(costOf(3, cache([10], 5), { evictedUpTo: 4 })).toEqual({ leaving: 2, reread });
  expect(costOf(3, cache([10, 10, 10], 5, {}, 4))).toEqual({ leaving: 2, reread });
  expect(costOf(3, cache([10], 5, {}, 0, 1000), { evictedUpTo: 4 })).toMatchObject({ reread: { tokens: 3000 } });
});

test('costs the same where it is there, for it is pinned, and one behind it has left', () => {
  const layout = cache([10, 10], 5);
  const segments = layout.segments.map((segment) => (segment.turnId === 4 ? { ...segment, kind: 'pinned' as const, turnId: 3 } : segment));
  expect(costOf(3, { ...layout, segments }, { evictedUpTo: 4 })).toMatchObject({ reread: { tokens: 4000 } });
});

test('costs nothing more where it never was in the cache, since it failed', () => {
  expect(costOf(5, cache([10, 10], 4), { evictedUpTo: 2 })).toEqual({ leaving: 0 });
});

test('says how long that takes where the engine says how fast it reads', () => {
  const measured = stats({ promptTokensPerSecond: 1000 });
  const conversation = { ...UNKNOWN_CONVERSATION, status: status({ cache: cache([10], 5), evictedUpTo: 4, stats: measured }) };
  expect(editCost(3, conversation).reread).toEqual({ tokens: 4000, seconds: 4 });
});

test('costs nothing more where there is no cache: any message fills it', () => {
  expect(costOf(3, undefined)).toEqual({ leaving: 2 });
});
