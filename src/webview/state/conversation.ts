import type { Status } from '../../shared/protocol/status.ts';
import type { Turn } from '../../shared/protocol/turn.ts';
import { withText, withoutTurn, withTurns } from '../../shared/turns.ts';
import type { Connection, HostMessage } from '../../shared/view-messages.ts';
import { NO_TURNS, behind, before, joined, lacks, type Excerpt } from './excerpt.ts';

/** The host's state as far as it has been told; never changed from within the webview. */
export interface Conversation {
  /** Undefined until the host has spoken. */
  readonly connection: Connection | undefined;
  readonly modelName: string | undefined;
  readonly status: Status | undefined;
  /** The end of the transcript, which is kept also while the reader is elsewhere. */
  readonly newest: Excerpt;
  /** What is shown. */
  readonly shown: Excerpt;
  /** The turn that the reader has asked for, in an object of its own for each time; undefined when it was none. */
  readonly target: { readonly turnId: number } | undefined;
}

/** The messages that are about the conversation; the others answer what was sent, or want something done. */
export type ConversationMessage = Exclude<
  HostMessage,
  {
    type:
      | 'accepted'
      | 'rejected'
      | 'refused'
      | 'insert'
      | 'focusComposer'
      | 'showCache'
      | 'showSearch'
      | 'found'
      | 'samples'
      | 'attached'
      | 'downloads'
      | 'suggested';
  }
>;

/** Turns that are kept of the end of the transcript while something else is shown. */
const NEWEST_TURNS = 50;

/** What is told of a message where only its beginning is told. */
const LONGEST_BEGINNING = 160;

export const UNKNOWN_CONVERSATION: Conversation = {
  connection: undefined,
  modelName: undefined,
  status: undefined,
  newest: NO_TURNS,
  shown: NO_TURNS,
  target: undefined,
};

/** The conversation after a message. Whatever has not changed stays the same object, so that it is not drawn again. */
export function afterMessage(conversation: Conversation, message: ConversationMessage): Conversation {
  const { shown } = conversation;
  switch (message.type) {
    case 'state':
      return afterState({ ...conversation, connection: message.connection, modelName: message.modelName }, message.conversation);
    case 'replaced': {
      const newest = { ...message.conversation, hasLater: false };
      return { ...conversation, status: newest.status, newest, shown: newest, target: undefined };
    }
    case 'turn':
      return withTurn(conversation, message.turn);
    case 'earlier':
      return { ...conversation, shown: before(shown, message) };
    case 'later':
      return { ...conversation, shown: behind(shown, message) };
    case 'around':
      return { ...conversation, shown: message, target: { turnId: message.turnId } };
    case 'forgotten':
      return afterForgotten(conversation, message);
    case 'text':
      return changed(conversation, (turns) => withText(turns, message));
    case 'status':
      return { ...conversation, status: message.status };
  }
}

/** Whether a message says that a turn is in the transcript no longer. Of turns that it does not tell of nobody knows. */
export function isGone(turnId: number, message: ConversationMessage): boolean {
  switch (message.type) {
    case 'state':
    case 'replaced':
      return message.conversation !== undefined && lacks({ ...message.conversation, hasLater: false }, turnId);
    case 'earlier':
    case 'later':
    case 'around':
      return lacks({ hasEarlier: true, hasLater: true, ...message }, turnId);
    case 'forgotten':
      return turnId === message.turnId || (message.andLater === true && turnId > message.turnId);
    case 'turn':
    case 'text':
    case 'status':
      return false;
  }
}

/** The conversation with its end shown. */
export function atNewest(conversation: Conversation): Conversation {
  return { ...conversation, shown: conversation.newest, target: undefined };
}

/** How the messages begin of all turns that are known, by their ids. */
export function messagesOf({ shown, newest }: Conversation): ReadonlyMap<number, string> {
  return new Map([...shown.turns, ...newest.turns].map(({ id, message }) => [id, message.slice(0, LONGEST_BEGINNING)]));
}

/** The turn whose answer is being written, or waited for first; undefined when nothing is. */
export function openTurn({ newest }: Conversation): Turn | undefined {
  return newest.turns.find((turn) => turn.state === 'running' || turn.state === 'queued');
}

/** Who reads something else than the end stays there, and so does what was loaded before the newest page. */
function afterState(conversation: Conversation, snapshot: Extract<HostMessage, { type: 'state' }>['conversation']): Conversation {
  if (!snapshot) return conversation;
  const newest: Excerpt = { turns: snapshot.turns, hasEarlier: snapshot.hasEarlier, hasLater: false };
  return { ...conversation, status: snapshot.status, newest, shown: joined(conversation.shown, newest) };
}

function withTurn(conversation: Conversation, turn: Turn): Conversation {
  const { shown, newest } = conversation;
  const end = withTurns(newest.turns, [turn]);
  const kept = end.slice(-NEWEST_TURNS);
  const isShown = !shown.hasLater || shown.turns.some(({ id }) => id === turn.id);
  return {
    ...conversation,
    newest: { ...newest, turns: kept, hasEarlier: newest.hasEarlier || kept.length < end.length },
    shown: isShown ? behind(shown, { after: shown.turns.at(-1)?.id, turns: [turn], hasLater: shown.hasLater }) : shown,
  };
}

/** Where all behind a turn goes with it, what is shown of what lies before is the end of the transcript. */
function afterForgotten(conversation: Conversation, which: Extract<HostMessage, { type: 'forgotten' }>): Conversation {
  const last = conversation.shown.turns.at(-1);
  const after = changed(conversation, (turns) => withoutTurn(turns, which));
  const isEnd = which.andLater === true && conversation.shown.hasLater && last !== undefined && last.id >= which.turnId;
  if (!isEnd) return after;
  const shown = { ...after.shown, hasLater: false };
  const kept = shown.turns.slice(-NEWEST_TURNS);
  return { ...after, shown, newest: { ...shown, turns: kept, hasEarlier: shown.hasEarlier || kept.length < shown.turns.length } };
}

function changed(conversation: Conversation, change: (turns: readonly Turn[]) => readonly Turn[]): Conversation {
  const { shown, newest } = conversation;
  return { ...conversation, shown: { ...shown, turns: change(shown.turns) }, newest: { ...newest, turns: change(newest.turns) } };
}
