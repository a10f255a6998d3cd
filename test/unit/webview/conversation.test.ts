import { describe, expect, it } from 'vitest';
import { afterMessage, isBusy, UNKNOWN_CONVERSATION, type ConversationMessage } from '../../../src/webview/state/conversation.ts';
import { state, status, turn, turns } from '../../webview/fixtures/conversation.ts';

const after = (...messages: readonly ConversationMessage[]) => messages.reduce(afterMessage, UNKNOWN_CONVERSATION);
const snapshot = (...args: Parameters<typeof state>) => state(...args) as ConversationMessage;
const text = (offset: number, more: string): ConversationMessage => ({ type: 'text', turnId: 1, offset, text: more });

const running = turn(1, { state: 'running', answer: 'Hel' });
const answer = (...messages: readonly ConversationMessage[]) => after(snapshot([running]), ...messages).turns[0]?.answer;

describe('the text of a running answer', () => {
  it('is appended where it follows', () => {
    expect(answer(text(3, 'lo'), text(5, ' world'))).toBe('Hello world');
  });

  it('is not appended twice', () => {
    expect(answer(text(3, 'lo'), text(3, 'lo'))).toBe('Hello');
    expect(answer(text(0, 'He'))).toBe('Hel');
  });

  it('is appended as far as it is new', () => {
    expect(answer(text(1, 'ello'))).toBe('Hello');
  });

  it('is left out beyond a gap, until the complete turn comes', () => {
    expect(answer(text(7, 'orld'))).toBe('Hel');
    expect(answer(text(7, 'orld'), { type: 'turn', turn: turn(1, { answer: 'Hello world' }) })).toBe('Hello world');
  });

  it('counts in UTF-16 units', () => {
    expect(answer({ type: 'turn', turn: { ...running, answer: '🙂' } }, text(2, '!'))).toBe('🙂!');
  });

  it('of an unknown turn is ignored', () => {
    expect(after(text(0, 'Hello')).turns).toEqual([]);
  });

  it('leaves other turns the same objects', () => {
    const before = after(snapshot([running, turn(2)]));
    expect(afterMessage(before, text(3, 'lo')).turns[1]).toBe(before.turns[1]);
  });
});

describe('the turns', () => {
  it('are replaced by a snapshot', () => {
    expect(after(snapshot(turns(1, 5)), snapshot(turns(4, 6))).turns.map(({ id }) => id)).toEqual([4, 5, 6]);
  });

  it('stay when the host has no conversation to tell of', () => {
    const restarting: ConversationMessage = { type: 'state', connection: { kind: 'restarting' } };
    expect(after(snapshot(turns(1, 2)), restarting).turns).toHaveLength(2);
  });

  it('are ordered by id, whenever they come', () => {
    const earlier: ConversationMessage = { type: 'earlier', turns: turns(1, 3), hasEarlier: false };
    const all = after(snapshot(turns(3, 4), { hasEarlier: true }), { type: 'turn', turn: turn(5) }, earlier);
    expect(all.turns.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5]);
    expect(all.hasEarlier).toBe(false);
  });

  it('go when they are forgotten', () => {
    expect(after(snapshot(turns(1, 3)), { type: 'forgotten', turnId: 2 }).turns.map(({ id }) => id)).toEqual([1, 3]);
  });

  it('keep the webview busy while one runs or waits', () => {
    expect(isBusy(turns(1, 3))).toBe(false);
    expect(isBusy([turn(1), turn(2, { state: 'running' })])).toBe(true);
    expect(isBusy([turn(1, { state: 'queued' })])).toBe(true);
  });
});

it('the status is replaced as a whole', () => {
  const next = status({ evictedUpTo: 7 });
  expect(after(snapshot([]), { type: 'status', status: next }).status).toEqual(next);
});
