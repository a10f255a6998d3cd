import { describe, expect, it } from 'vitest';
import type { ErrorReport } from '../../../src/shared/errors.ts';
import {
  accept,
  dispatch,
  dispatchAgain,
  dispatchEdit,
  insert,
  reject,
  withoutEdited,
  withoutReplaced,
  written,
  type Drafts,
} from '../../../src/webview/state/drafts.ts';
import { turn, turns } from '../../webview/fixtures/conversation.ts';

const drafts = (draft: string, outbox: Drafts['outbox'] = []): Drafts => ({ draft, outbox, edits: [], rejection: undefined });
const ERROR: ErrorReport = { code: 'no-model', args: {} };

describe('what is typed is never lost', () => {
  it('goes from the composer into the outbox', () => {
    expect(dispatch(drafts(' hello \n'), 'a')).toEqual(drafts('', [{ key: 'a', message: 'hello' }]));
  });

  it('is not sent while it is only white space', () => {
    expect(dispatch(drafts(' \n'), 'a')).toEqual(drafts(' \n'));
  });

  it('leaves the outbox once the transcript has it', () => {
    const sent = dispatch(dispatch(drafts('one'), 'a'), 'b');
    expect(accept(sent, 'a').outbox).toEqual([]);
    expect(accept(sent, 'unknown')).toEqual(sent);
  });

  it('comes back, with the reason, when it is rejected', () => {
    expect(reject(dispatch(drafts('hello'), 'a'), 'a', ERROR, [])).toEqual({ ...drafts('hello'), rejection: ERROR });
  });

  it('comes back in front of what was typed meanwhile', () => {
    const typing = { ...dispatch(drafts('first'), 'a'), draft: 'second' };
    expect(reject(typing, 'a', ERROR, []).draft).toBe('first\n\nsecond');
  });

  it('stays in front of what is put into the composer', () => {
    const before: Drafts = { ...drafts('Why? \n', [{ key: 'a', message: 'sent' }]), rejection: ERROR };
    expect(insert(before, 'let a;')).toEqual({ ...before, draft: 'Why?\n\nlet a;\n' });
    expect(insert(drafts(' '), 'a\r\nb\rc').draft).toBe('a\nb\nc\n');
  });

  it('takes the reason away with the next try', () => {
    expect(dispatch(reject(dispatch(drafts('hello'), 'a'), 'a', ERROR, []), 'b').rejection).toBeUndefined();
  });
});

describe('a line from before that stands in the place of the draft', () => {
  const browsing: Drafts = { ...drafts('half a thought'), browsed: 'from before' };

  it('is what is sent, and the draft comes back', () => {
    expect(written(browsing)).toBe('from before');
    expect(dispatch(browsing, 'a')).toEqual({ ...drafts('half a thought', [{ key: 'a', message: 'from before' }]), browsed: undefined });
  });

  it('makes way for what is put into the composer', () => {
    expect(written(insert(browsing, 'const a;'))).toBe('half a thought\n\nconst a;\n');
  });
});

describe('a message that is changed', () => {
  const edits = [{ turnId: 2, text: 'changed' }];
  const editing: Drafts = { ...drafts('typing'), edits };

  it('goes into the outbox with the turn whose place it takes', () => {
    expect(dispatchEdit(editing, 2, 'a')).toEqual({ ...drafts('typing', [{ key: 'a', message: 'changed', replaces: 2 }]) });
    expect(dispatchEdit({ ...editing, edits: [{ turnId: 2, text: '/recall port' }] }, 2, 'a').outbox).toEqual([
      { key: 'a', message: 'port', asksForRecall: true, replaces: 2 },
    ]);
  });

  it('is not sent while it is only white space, nor twice', () => {
    expect(dispatchEdit({ ...editing, edits: [{ turnId: 2, text: ' ' }] }, 2, 'a').outbox).toEqual([]);
    expect(dispatchEdit(dispatchEdit(editing, 2, 'a'), 2, 'b').outbox).toHaveLength(1);
  });

  it('waits until what was sent before has arrived, which would go with all behind it', () => {
    const sending: Drafts = { ...editing, outbox: [{ key: 'a', message: 'on its way' }] };
    expect(dispatchEdit(sending, 2, 'b')).toBe(sending);
    expect(dispatchAgain(sending, turn(2), 'b')).toBe(sending);
  });

  it('comes back to its turn when it is rejected, or into the composer where that has gone', () => {
    const sent = dispatchEdit(editing, 2, 'a');
    expect(reject(sent, 'a', ERROR, turns(1, 3))).toEqual({ ...editing, rejection: ERROR });
    expect(reject(sent, 'a', ERROR, turns(3, 3))).toEqual({ ...drafts('changed\n\ntyping'), rejection: ERROR });
  });

  it('goes into the composer when its turn leaves, unless it is as it was', () => {
    const isGone = (turnId: number): boolean => turnId === 2;
    expect(withoutEdited(editing, isGone, turns(1, 3))).toEqual(drafts('changed\n\ntyping'));
    expect(withoutEdited(editing, isGone, [])).toEqual(drafts('changed\n\ntyping'));
    expect(withoutEdited(editing, isGone, [turn(2, { message: 'changed' })])).toEqual(drafts('typing'));
    expect(withoutEdited(editing, () => false, turns(1, 3))).toBe(editing);
  });
});

describe('a message that is sent again', () => {
  const again = dispatchAgain(drafts('typing'), turn(2, { recall: { asked: true, passages: [] } }), 'a');

  it('takes its own place', () => {
    expect(again).toEqual(drafts('typing', [{ key: 'a', message: 'Question 2', asksForRecall: true, replaces: 2 }]));
  });

  it('is not given back when it is rejected: it stands there', () => {
    expect(reject(again, 'a', ERROR, turns(1, 2))).toEqual({ ...drafts('typing'), rejection: ERROR });
  });

  it('hides what it takes the place of until it has arrived', () => {
    expect(withoutReplaced(turns(1, 3), again)).toEqual(turns(1, 1));
    expect(withoutReplaced(turns(1, 3), accept(again, 'a'))).toEqual(turns(1, 3));
  });
});
