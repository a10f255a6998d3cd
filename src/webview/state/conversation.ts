import type { Status, Turn } from '../../shared/protocol.ts';
import { withText, withoutTurn, withTurns } from '../../shared/turns.ts';
import type { Connection, HostMessage } from '../../shared/view-messages.ts';

/** The host's state as far as it has been told; never changed from within the webview. */
export interface Conversation {
  /** Undefined until the host has spoken. */
  readonly connection: Connection | undefined;
  readonly modelName: string | undefined;
  /** Ascending by id. */
  readonly turns: readonly Turn[];
  readonly hasEarlier: boolean;
  readonly status: Status | undefined;
}

/** The messages that are about the conversation; the others answer what was sent, or want something done. */
export type ConversationMessage = Exclude<HostMessage, { type: 'accepted' | 'rejected' | 'insert' | 'showCache' }>;

export const UNKNOWN_CONVERSATION: Conversation = {
  connection: undefined,
  modelName: undefined,
  turns: [],
  hasEarlier: false,
  status: undefined,
};

/** The conversation after a message. Whatever has not changed stays the same object, so that it is not drawn again. */
export function afterMessage(conversation: Conversation, message: ConversationMessage): Conversation {
  switch (message.type) {
    case 'state':
      return {
        ...conversation,
        connection: message.connection,
        modelName: message.modelName,
        ...message.conversation,
      };
    case 'turn':
      return { ...conversation, turns: withTurns(conversation.turns, [message.turn]) };
    case 'earlier':
      return { ...conversation, turns: withTurns(conversation.turns, message.turns), hasEarlier: message.hasEarlier };
    case 'forgotten':
      return { ...conversation, turns: withoutTurn(conversation.turns, message.turnId) };
    case 'text':
      return { ...conversation, turns: withText(conversation.turns, message) };
    case 'status':
      return { ...conversation, status: message.status };
  }
}

/** Whether an answer is being written or waited for. */
export function isBusy(turns: readonly Turn[]): boolean {
  return turns.some((turn) => turn.state === 'running' || turn.state === 'queued');
}
