import * as v from 'valibot';
import type { ErrorReport } from '../../shared/errors.ts';
import { asTyped, readTyped } from '../../shared/recall-command.ts';

/** A message on its way to the transcript; the key makes sending it twice harmless. */
export const OutgoingSchema = v.object({
  key: v.string(),
  message: v.string(),
  asksForRecall: v.optional(v.boolean()),
  /** Keys of what is attached to it. */
  attachments: v.optional(v.array(v.string())),
});
export type Outgoing = Readonly<v.InferOutput<typeof OutgoingSchema>>;

/** What the user has typed and the transcript does not have yet. */
export interface Drafts {
  /** The text in the composer. */
  readonly draft: string;
  /** Sent, and neither accepted nor rejected so far; oldest first. */
  readonly outbox: readonly Outgoing[];
  /** Why the last message came back. */
  readonly rejection: ErrorReport | undefined;
}

/**
 * Empties the composer into the outbox; whitespace alone is not sent, nor is a command without its query.
 * @param attachments keys of what is attached to the message.
 */
export function dispatch(drafts: Drafts, key: string, attachments: readonly string[] = []): Drafts {
  const typed = readTyped(drafts.draft);
  if (typed.message === '') return drafts;
  return {
    draft: '',
    outbox: [...drafts.outbox, { key, ...typed, ...(attachments.length > 0 && { attachments: [...attachments] }) }],
    rejection: undefined,
  };
}

/** Puts a text behind what is typed, as a paragraph of its own, and goes to the next line. */
export function insert(drafts: Drafts, text: string): Drafts {
  const typed = drafts.draft.trimEnd();
  // A text field knows no other line ends.
  const inserted = text.replaceAll(/\r\n?/g, '\n');
  return { ...drafts, draft: `${typed === '' ? '' : `${typed}\n\n`}${inserted}\n` };
}

/** The message is in the transcript: nothing is left to keep. */
export function accept(drafts: Drafts, key: string): Drafts {
  return { ...drafts, outbox: drafts.outbox.filter((outgoing) => outgoing.key !== key) };
}

/**
 * The message comes back into the composer, in front of what has been typed since.
 * @param unknown text of a message that was not sent from here, such as one that is tried again
 */
export function reject(drafts: Drafts, key: string, rejection: ErrorReport, unknown = ''): Drafts {
  const outgoing = drafts.outbox.find((candidate) => candidate.key === key);
  const returned = outgoing ? asTyped(outgoing) : unknown;
  return {
    draft: [returned, drafts.draft].filter((text) => text !== '').join('\n\n'),
    outbox: drafts.outbox.filter((other) => other !== outgoing),
    rejection,
  };
}
