import { expect, it } from 'vitest';
import { endedTurns } from '../../../src/webview/state/announcement.ts';
import { turn, turns } from '../../webview/fixtures/conversation.ts';

it('a turn that has just ended is news', () => {
  const before = [turn(1), turn(2, { state: 'running' }), turn(3, { state: 'queued' })];
  const after = [turn(1), turn(2), turn(3, { state: 'running' })];
  expect(endedTurns(before, after).map(({ id }) => id)).toEqual([2]);
});

it('history is none', () => {
  expect(endedTurns([], turns(1, 9))).toEqual([]);
});
