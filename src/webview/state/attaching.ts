import type { DraftAttachment } from '../../shared/context-items.ts';
import type { HostMessage } from '../../shared/view-messages.ts';
import type { Outgoing } from './drafts.ts';

/** What the host has told of what can be attached. */
export type Suggested = Omit<Extract<HostMessage, { type: 'suggested' }>, 'type'>;

/** What the next message takes with it: the host hears of a message that was sent a moment later than the user sees it leave. */
export function leftToSend(attached: readonly DraftAttachment[], outbox: readonly Outgoing[]): readonly DraftAttachment[] {
  const sent = new Set(outbox.flatMap(({ attachments = [] }) => attachments));
  return attached.filter(({ key }) => !sent.has(key));
}

/** Whether something is attached that does not fit: the message cannot be sent with it. */
export function isTooLarge(attachments: readonly DraftAttachment[]): boolean {
  return attachments.some(({ room }) => room !== undefined);
}
