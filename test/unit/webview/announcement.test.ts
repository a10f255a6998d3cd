import { expect, it } from 'vitest';
import { newsIn } from '../../../src/webview/state/announcement.ts';
import type { ConversationMessage } from '../../../src/webview/state/conversation.ts';
import { state, turn, turns } from '../../webview/fixtures/conversation.ts';

const RUNNING = turn(2, { state: 'running' });
const ended = (message: ConversationMessage, before = [turn(1), RUNNING]) =>
  newsIn(message, before).map((news) => (news.kind === 'ended' ? news.turn.id : news.kind));

it('a turn that ends is news, once', () => {
  expect(ended({ type: 'turn', turn: turn(2) })).toEqual([2]);
  expect(ended({ type: 'turn', turn: turn(2) }, [turn(1), turn(2)])).toEqual([]);
});

it('so is one that fails at once', () => {
  expect(ended({ type: 'turn', turn: turn(3, { state: 'failed' }) })).toEqual([3]);
});

it('so is one that has ended while the host was away', () => {
  expect(ended(state(turns(1, 2)) as ConversationMessage)).toEqual([2]);
});

it('history is not', () => {
  expect(ended(state(turns(1, 9)) as ConversationMessage, [])).toEqual([]);
  expect(ended({ type: 'earlier', before: 10, turns: turns(1, 9), hasEarlier: false }, [])).toEqual([]);
});

it('neither is a turn that goes on', () => {
  expect(ended({ type: 'turn', turn: RUNNING })).toEqual([]);
});

it('so is that a turn is pinned, or no longer', () => {
  const pinned = turn(1, { pinned: true });
  expect(newsIn({ type: 'turn', turn: pinned }, [turn(1)])).toEqual([{ kind: 'pinned', pinned: true }]);
  expect(newsIn({ type: 'turn', turn: turn(1, { pinned: false }) }, [pinned])).toEqual([{ kind: 'pinned', pinned: false }]);
  expect(newsIn({ type: 'turn', turn: turn(1, { pinned: false }) }, [turn(1)])).toEqual([]);
});

it('so is that a turn was forgotten, but not that another message takes its place', () => {
  expect(ended({ type: 'forgotten', turnId: 1 })).toEqual(['forgotten']);
  expect(ended({ type: 'forgotten', turnId: 9 })).toEqual([]);
  expect(ended({ type: 'forgotten', turnId: 1, andLater: true })).toEqual([]);
});
