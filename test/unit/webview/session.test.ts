import { describe, expect, test } from 'vitest';
import type { HostMessage, ViewMessage } from '../../../src/shared/view-messages.ts';
import type { Memory } from '../../../src/webview/host/host.ts';
import { Session } from '../../../src/webview/session.ts';
import { written } from '../../../src/webview/state/drafts.ts';
import { state, status, turn, turns } from '../../webview/fixtures/conversation.ts';

const NEWEST = state(turns(9951, 10_000), { hasEarlier: true });

/** A session that has been told of the newest turns, what it posts, and the page being made anew, which knows what was remembered. */
function told(snapshot = NEWEST) {
  const posted: ViewMessage[] = [];
  let memory: Memory = { draft: '', outbox: [], edits: [], lines: [] };
  const begin = (newest = snapshot): Session => {
    const host = {
      post: (message: ViewMessage) => posted.push(message),
      recall: () => memory,
      remember: (kept: Memory) => (memory = kept),
    };
    const session = new Session(host);
    session.start(() => undefined);
    session.receive(newest);
    return session;
  };
  return { session: begin(), posted, reload: begin };
}

const around = (turnId: number): HostMessage => ({
  type: 'around',
  turnId,
  turns: turns(turnId - 25, turnId + 25),
  hasEarlier: true,
  hasLater: true,
});

test('nothing is sent, closed or left when there is nothing to send', () => {
  const { session, posted } = told();
  session.showTurn(500);
  session.receive(around(500));
  session.openSearch();
  session.setDraft('/recall ');
  session.send();
  expect(posted.filter(({ type }) => type === 'send')).toEqual([]);
  expect([session.drafts.draft, session.search.open, session.conversation.target?.turnId]).toEqual(['/recall ', true, 500]);
});

describe('a turn that was chosen', () => {
  const cleared: HostMessage = { type: 'replaced', conversation: { turns: [], hasEarlier: false, status: status() } };

  test('is shown when the host has it', () => {
    const { session } = told();
    session.showTurn(500);
    session.receive(around(500));
    expect(session.conversation.target).toEqual({ turnId: 500 });
  });

  test.each<readonly [string, (session: Session) => void]>([
    ['the conversation has been cleared', (session) => session.receive(cleared)],
    ['the reader has gone to the end', (session) => session.showNewest()],
    [
      'a message has been sent',
      (session) => {
        session.setDraft('hello');
        session.send();
      },
    ],
  ])('is no longer shown when %s meanwhile', (_, act) => {
    const { session } = told();
    session.showTurn(500);
    act(session);
    const { shown } = session.conversation;
    session.receive(around(500));
    expect(session.conversation.shown).toBe(shown);
  });

  test('gives way to another one, whichever the host has first', () => {
    const { session } = told();
    session.showTurn(500);
    session.showTurn(900);
    for (const turnId of [900, 500]) session.receive(around(turnId));
    expect(session.conversation.target).toEqual({ turnId: 900 });
  });
});

describe('what a message was being changed to goes into the composer', () => {
  const changing = () => {
    const page = told(state(turns(1, 5)));
    page.session.fulfil({ type: 'edit', turnId: 5, text: 'precious words' });
    return page;
  };

  test('when the conversation is cleared', () => {
    const { session } = changing();
    session.receive({ type: 'replaced', conversation: { turns: [], hasEarlier: false, status: status() } });
    expect(session.drafts).toMatchObject({ draft: 'precious words', edits: [] });
  });

  test('when its turn has gone while the page was not there', () => {
    const { reload } = changing();
    expect(reload(state(turns(1, 4))).drafts).toMatchObject({ draft: 'precious words', edits: [] });
  });

  test('only when its turn is known to have gone', () => {
    const { reload } = changing();
    const edits = [{ turnId: 5, text: 'precious words' }];
    expect(reload(state(turns(7, 9), { hasEarlier: true })).drafts).toMatchObject({ draft: '', edits });
    expect(reload(state(turns(1, 5))).drafts).toMatchObject({ draft: '', edits });
  });
});

describe('what was typed and stands in no turn', () => {
  const QUEUED = state([turn(1, { state: 'running', answer: 'Well' }), turn(2, { state: 'queued', message: 'and then?', answer: '' })]);

  test('can be brought back also when the page was made anew', () => {
    const { session, reload } = told(QUEUED);
    session.setDraft('/fix use const');
    session.send();
    session.setDraft('typing');
    session.fulfil({ type: 'takeBack', turnId: 2, beside: false });
    expect(reload(state(turns(1, 1))).typedLines).toEqual(['Question 1', '/fix use const', 'and then?']);
  });

  test('is also the draft that a line from before has taken the place of, once that is changed', () => {
    const { session, reload } = told(state(turns(1, 1)));
    session.setDraft('half a thought');
    session.browse('Question 1');
    expect([written(session.drafts), session.typedLines]).toEqual(['Question 1', ['Question 1']]);
    session.setDraft('Question 1, and more');
    const { drafts, typedLines } = reload();
    expect([drafts.draft, typedLines]).toEqual(['Question 1, and more', ['Question 1', 'half a thought']]);
  });

  test('is not the draft that comes back as it was', () => {
    const { session } = told(state(turns(1, 1)));
    session.setDraft('half a thought');
    session.browse('Question 1');
    session.setDraft('half a thought');
    expect(session.typedLines).toEqual(['Question 1']);
  });
});

describe('a command that is written into the composer', () => {
  const write = (text: string) => {
    const { session, posted } = told();
    session.setDraft(text);
    session.send();
    return { session, posted: posted.slice(1) };
  };

  test('is run, with what stands behind its name, and stands in the history of what was typed', () => {
    const { session, posted } = write('/fix use const ');
    expect(posted).toEqual([{ type: 'command', command: 'endless.fix', words: 'use const' }]);
    expect([session.drafts.draft, session.typedLines.at(-1)]).toEqual(['', '/fix use const']);
  });

  test('shows the help without asking anybody', () => {
    const { session, posted } = write('/help');
    expect([session.helpOpen, posted]).toEqual([true, []]);
  });

  test('is not run with words that it does not take', () => {
    const { session, posted } = write('/commit all of it');
    expect([session.drafts.draft, posted]).toEqual(['/commit all of it', []]);
  });

  test('is a message when it is not known', () => {
    expect(write('/fixed it').posted).toMatchObject([{ type: 'send', message: '/fixed it' }]);
  });
});
