import { describe, expect, it } from 'vitest';
import {
  afterMessage,
  atNewest,
  isGone,
  openTurn,
  UNKNOWN_CONVERSATION,
  type Conversation,
  type ConversationMessage,
} from '../../../src/webview/state/conversation.ts';
import { state, status, turn, turns } from '../../webview/fixtures/conversation.ts';

const after = (...messages: readonly ConversationMessage[]) => messages.reduce(afterMessage, UNKNOWN_CONVERSATION);
const snapshot = (...args: Parameters<typeof state>) => state(...args) as ConversationMessage;
const text = (offset: number, more: string): ConversationMessage => ({ type: 'text', turnId: 1, offset, text: more });

const running = turn(1, { state: 'running', answer: 'Hel' });
const answer = (...messages: readonly ConversationMessage[]) => after(snapshot([running]), ...messages).shown.turns[0]?.answer;

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
    expect(after(text(0, 'Hello')).shown.turns).toEqual([]);
  });

  it('leaves other turns the same objects', () => {
    const before = after(snapshot([running, turn(2)]));
    expect(afterMessage(before, text(3, 'lo')).shown.turns[1]).toBe(before.shown.turns[1]);
  });
});

const ids = ({ shown }: Conversation) => shown.turns.map(({ id }) => id);
const span = (from: number, to: number) => turns(from, to).map(({ id }) => id);

describe('the turns', () => {
  it('are replaced by a snapshot', () => {
    expect(ids(after(snapshot(turns(1, 5)), snapshot(turns(4, 6))))).toEqual([4, 5, 6]);
  });

  it('that were loaded before a snapshot stay where the two meet', () => {
    const earlier: ConversationMessage = { type: 'earlier', before: 4, turns: turns(1, 3), hasEarlier: false };
    const again = after(snapshot(turns(4, 6), { hasEarlier: true }), earlier, snapshot(turns(5, 7), { hasEarlier: true }));
    expect(ids(again)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(again.shown.hasEarlier).toBe(false);
  });

  it('stay when the host has no conversation to tell of', () => {
    const restarting: ConversationMessage = { type: 'state', connection: { kind: 'restarting' } };
    expect(ids(after(snapshot(turns(1, 2)), restarting))).toHaveLength(2);
  });

  it('are ordered by id, whenever they come', () => {
    const earlier: ConversationMessage = { type: 'earlier', before: 3, turns: turns(1, 2), hasEarlier: false };
    const all = after(snapshot(turns(3, 4), { hasEarlier: true }), { type: 'turn', turn: turn(5) }, earlier);
    expect(ids(all)).toEqual([1, 2, 3, 4, 5]);
    expect(all.shown.hasEarlier).toBe(false);
  });

  it('go with all behind them when another message takes their place', () => {
    expect(ids(after(snapshot(turns(1, 5)), { type: 'forgotten', turnId: 3, andLater: true }))).toEqual([1, 2]);
  });

  it('that another message has taken the place of are the end, where the reader is far from it', () => {
    const far: ConversationMessage = { type: 'around', turnId: 50, turns: turns(26, 75), hasEarlier: true, hasLater: true };
    const told = after(snapshot(turns(151, 200), { hasEarlier: true }), far, { type: 'forgotten', turnId: 50, andLater: true });
    expect([ids(told), told.shown.hasLater, told.newest.turns.length]).toEqual([span(26, 49), false, 24]);
    expect(ids(afterMessage(told, { type: 'turn', turn: turn(201) }))).toEqual([...span(26, 49), 201]);
  });

  it('go when they are forgotten', () => {
    expect(ids(after(snapshot(turns(1, 3)), { type: 'forgotten', turnId: 2 }))).toEqual([1, 3]);
  });

  it('are open while they run or wait, one after the other', () => {
    const open = (...all: Parameters<typeof snapshot>[0]) => openTurn(after(snapshot(all)))?.id;
    expect(open(...turns(1, 3))).toBeUndefined();
    expect(open(turn(1), turn(2, { state: 'running' }), turn(3, { state: 'queued' }))).toBe(2);
    expect(open(turn(1, { state: 'queued' }))).toBe(1);
  });
});

describe('a turn has gone', () => {
  const end = snapshot(turns(9, 12), { hasEarlier: true });
  const page = (from: number, to: number) => ({ turns: turns(from, to).filter(({ id }) => id !== 5), hasEarlier: true, hasLater: true });
  const replaced = (all = turns(9, 12), hasEarlier = true): ConversationMessage => ({
    type: 'replaced',
    conversation: { turns: all, hasEarlier, status: status() },
  });

  it.each<readonly [string, ConversationMessage]>([
    ['the end of the transcript is told without it', snapshot([...turns(3, 4), turn(6)], { hasEarlier: true })],
    ['all of the transcript is told without it', snapshot(turns(9, 12))],
    ['the conversation is cleared', replaced([], false)],
    ['it is forgotten', { type: 'forgotten', turnId: 5 }],
    ['another message takes the place of one before it', { type: 'forgotten', turnId: 4, andLater: true }],
    ['a page is told without it', { type: 'earlier', before: 9, ...page(1, 8) }],
    ['what is around it is told without it', { type: 'around', turnId: 7, ...page(1, 8) }],
  ])('when %s', (_, message) => {
    expect(isGone(5, message)).toBe(true);
  });

  it.each<readonly [string, ConversationMessage]>([
    ['only what is behind it is told', end],
    ['the transcript is another one, of which only what is behind it is told', replaced()],
    ['it is told', snapshot(turns(5, 8), { hasEarlier: true })],
    ['another one is forgotten', { type: 'forgotten', turnId: 4 }],
    ['a page that does not reach to it is told', { type: 'earlier', before: 9, ...page(6, 8) }],
    ['a page cannot be had', { type: 'earlier', before: 9, turns: [], hasEarlier: true }],
    ['the host has no conversation to tell of', { type: 'state', connection: { kind: 'restarting' } }],
  ])('not when %s', (_, message) => {
    expect(isGone(5, message)).toBe(false);
  });
});

describe('a transcript of ten thousand turns', () => {
  const END = snapshot(turns(9951, 10_000), { hasEarlier: true });
  const around = (turnId: number): ConversationMessage => ({
    type: 'around',
    turnId,
    turns: turns(turnId - 25, turnId + 25),
    hasEarlier: true,
    hasLater: true,
  });
  const earlierPage = ({ shown }: Conversation): ConversationMessage => {
    const first = shown.turns[0]!.id;
    return { type: 'earlier', before: first, turns: turns(Math.max(1, first - 50), first - 1), hasEarlier: first > 51 };
  };
  const laterPage = ({ shown }: Conversation): ConversationMessage => {
    const last = shown.turns.at(-1)!.id;
    return { type: 'later', after: last, turns: turns(last + 1, Math.min(10_000, last + 50)), hasLater: last < 9950 };
  };

  it('can be read to its beginning and back again, with no more than two hundred turns at a time', () => {
    let conversation = after(END);
    const seen = new Set(ids(conversation));
    const read = (page: (conversation: Conversation) => ConversationMessage): void => {
      conversation = afterMessage(conversation, page(conversation));
      const shown = ids(conversation);
      expect(shown).toEqual(span(shown[0]!, shown.at(-1)!));
      expect(shown.length).toBeLessThanOrEqual(200);
      for (const id of shown) seen.add(id);
    };
    while (conversation.shown.hasEarlier) read(earlierPage);
    expect([ids(conversation)[0], seen.size]).toEqual([1, 10_000]);
    while (conversation.shown.hasLater) read(laterPage);
    expect(ids(conversation)).toEqual(span(9801, 10_000));
  });

  it('is shown around a turn that is jumped to, and at its end again', () => {
    const jumped = after(END, around(500));
    expect(ids(jumped)).toEqual(span(475, 525));
    expect(jumped.target).toEqual({ turnId: 500 });
    expect(ids(atNewest(jumped))).toEqual(span(9951, 10_000));
  });

  it('goes on behind the back of who reads elsewhere, and shows it to who comes back', () => {
    const message = turn(10_001, { state: 'running', answer: '' });
    const jumped = after(END, around(500), { type: 'turn', turn: message }, { type: 'text', turnId: 10_001, offset: 0, text: 'Yes' });
    expect(ids(jumped)).toEqual(span(475, 525));
    expect(openTurn(jumped)?.id).toBe(10_001);
    expect(atNewest(jumped).shown.turns.at(-1)).toEqual({ ...message, answer: 'Yes' });
  });

  it('takes no page that belongs to another place', () => {
    const page = earlierPage(after(END));
    expect(ids(after(END, around(500), page))).toEqual(span(475, 525));
    expect(ids(after(END, around(500), { type: 'later', after: 10_000, turns: [], hasLater: false }))).toEqual(span(475, 525));
  });

  it('leaves the reader there when the host tells its state anew, unless nothing of it is left', () => {
    expect(ids(after(END, around(500), END))).toEqual(span(475, 525));
    expect(ids(after(END, around(500), snapshot([])))).toEqual([]);
  });

  it('is gone when it is replaced', () => {
    const conversation = { turns: [], hasEarlier: false, status: status({ cleared: { turns: 10_000, at: 0 } }) };
    const cleared = after(END, around(500), { type: 'replaced', conversation });
    expect([ids(cleared), cleared.shown.hasLater, cleared.status?.cleared?.turns]).toEqual([[], false, 10_000]);
  });
});

it('the status is replaced as a whole', () => {
  const next = status({ evictedUpTo: 7 });
  expect(after(snapshot([]), { type: 'status', status: next }).status).toEqual(next);
});
