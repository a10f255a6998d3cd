import { expect, test } from 'vitest';
import type { HostMessage, ViewMessage } from '../../../src/shared/view-messages.ts';
import type { Memory } from '../../../src/webview/host/host.ts';
import { Session } from '../../../src/webview/session.ts';
import { state, turns } from '../../webview/fixtures/conversation.ts';

/** A session that has been told of turns, and what it posts. */
function told(...messages: readonly HostMessage[]) {
  const posted: ViewMessage[] = [];
  const memory: Memory = { draft: '', outbox: [] };
  const session = new Session({ post: (message) => posted.push(message), recall: () => memory, remember: () => undefined });
  session.start(() => undefined);
  for (const message of [state(turns(9951, 10_000), { hasEarlier: true }), ...messages]) session.receive(message);
  return { session, posted };
}

const around = (turnId: number): HostMessage => ({
  type: 'around',
  turnId,
  turns: turns(turnId - 25, turnId + 25),
  hasEarlier: true,
  hasLater: true,
});

test('nothing is sent, closed or left when there is nothing to send', () => {
  const { session, posted } = told(around(500), { type: 'showSearch', key: 'a' });
  session.setDraft('/recall ');
  session.send();
  expect(posted.filter(({ type }) => type === 'send')).toEqual([]);
  expect([session.drafts.draft, session.search.open, session.conversation.target?.turnId]).toEqual(['/recall ', true, 500]);
});
