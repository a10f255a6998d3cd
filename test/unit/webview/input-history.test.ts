import { expect, test } from 'vitest';
import { InputHistory } from '../../../src/webview/composer/input-history.ts';
import { UNKNOWN_CONVERSATION } from '../../../src/webview/state/conversation.ts';
import { typedLines } from '../../../src/webview/state/typed-lines.ts';
import { turn } from '../../webview/fixtures/conversation.ts';

const LINES = ['first', 'second'];

test('goes back to what was typed before, and forward to what is being written', () => {
  const history = new InputHistory();
  expect(history.step('earlier', 'draft', LINES)).toBe('second');
  expect(history.step('earlier', 'second', LINES)).toBe('first');
  expect(history.step('earlier', 'first', LINES)).toBeUndefined();
  expect(history.step('later', 'first', LINES)).toBe('second');
  expect(history.step('later', 'second', LINES)).toBe('draft');
  expect(history.step('later', 'draft', LINES)).toBeUndefined();
});

test('begins at the end again with what is sent or changed', () => {
  const history = new InputHistory();
  history.step('earlier', 'draft', LINES);
  expect([history.reset(), history.isBrowsing]).toEqual(['draft', false]);
  expect(history.step('earlier', 'second, changed', LINES)).toBe('second');
  expect(history.step('later', 'second', LINES)).toBe('second, changed');
  expect(history.reset()).toBe('');
});

test('commands stand among the messages, and what was typed twice in a row stands there once', () => {
  const recalled = turn(3, { message: 'port', recall: { asked: true, passages: [] } });
  const shown = { turns: [turn(1), turn(2, { message: 'Question 1' }), recalled], hasEarlier: false, hasLater: false };
  const noted = [{ text: '/fix', after: 2 }];
  expect(typedLines({ ...UNKNOWN_CONVERSATION, shown }, noted)).toEqual(['Question 1', '/fix', '/recall port']);
});
