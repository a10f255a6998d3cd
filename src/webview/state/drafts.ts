import * as v from 'valibot';
import type { ErrorReport } from '../../shared/errors.ts';
import type { Turn } from '../../shared/protocol/turn.ts';
import { asTyped, readTyped } from '../../shared/recall-command.ts';
import { atTurn, EditSchema, textAt, type Edit } from './edits.ts';

/** A message on its way to the transcript; the key makes sending it twice harmless. */
export const OutgoingSchema = v.object({
  key: v.string(),
  message: v.string(),
  asksForRecall: v.optional(v.boolean()),
  /** The turn whose place it takes, with all behind it. */
  replaces: v.optional(v.number()),
  /** Keys of what is attached to it. */
  attachments: v.optional(v.array(v.string())),
});
export type Outgoing = Readonly<v.InferOutput<typeof OutgoingSchema>>;

/** What the user has typed and the transcript does not have yet. */
export const TypedSchema = v.object({
  /** The text in the composer. */
  draft: v.string(),
  /** Sent, and neither accepted nor rejected so far; oldest first. */
  outbox: v.array(OutgoingSchema),
  /** Messages of the transcript that are being changed. */
  edits: v.optional(v.array(EditSchema), []),
});

export interface Drafts {
  readonly draft: string;
  /** A line from before that stands in the composer in place of the draft, while the user goes through them. */
  readonly browsed?: string | undefined;
  readonly outbox: readonly Outgoing[];
  readonly edits: readonly Edit[];
  /** Why the last message came back, or something else was refused. */
  readonly rejection: ErrorReport | undefined;
}

/** What stands in the composer. */
export function written({ draft, browsed }: Drafts): string {
  return browsed ?? draft;
}

/** Empties the composer; a draft that another line stands in the place of comes back. */
export function emptied(drafts: Drafts): Drafts {
  return { ...drafts, draft: drafts.browsed === undefined ? '' : drafts.draft, browsed: undefined };
}

/**
 * Empties the composer into the outbox; whitespace alone is not sent, nor is a command without its query.
 * @param attachments keys of what is attached to the message.
 */
export function dispatch(drafts: Drafts, key: string, attachments: readonly string[] = []): Drafts {
  const typed = readTyped(written(drafts));
  if (typed.message === '') return drafts;
  return {
    ...emptied(drafts),
    outbox: [...drafts.outbox, { key, ...typed, ...(attachments.length > 0 && { attachments: [...attachments] }) }],
    rejection: undefined,
  };
}

/** Sends what a message was changed to, in its place. What is on its way would go with all behind it: that has to arrive before. */
export function dispatchEdit(drafts: Drafts, turnId: number, key: string): Drafts {
  const typed = readTyped(textAt(drafts.edits, turnId) ?? '');
  if (typed.message === '' || drafts.outbox.length > 0) return drafts;
  return {
    ...drafts,
    edits: atTurn(drafts.edits, turnId, undefined),
    outbox: [...drafts.outbox, { key, ...typed, replaces: turnId }],
    rejection: undefined,
  };
}

/** Sends the message of a turn once more, in its place, unless something else is on its way. */
export function dispatchAgain(drafts: Drafts, { id, message, recall }: Turn, key: string): Drafts {
  if (drafts.outbox.length > 0) return drafts;
  const asksForRecall = recall?.asked === true && { asksForRecall: true };
  return { ...drafts, outbox: [...drafts.outbox, { key, message, ...asksForRecall, replaces: id }], rejection: undefined };
}

/** Puts a text behind what is typed, as a paragraph of its own, and goes to the next line. */
export function insert(drafts: Drafts, text: string): Drafts {
  const typed = drafts.draft.trimEnd();
  // A text field knows no other line ends.
  const inserted = text.replaceAll(/\r\n?/g, '\n');
  return { ...drafts, draft: `${typed === '' ? '' : `${typed}\n\n`}${inserted}\n`, browsed: undefined };
}

/** Puts a text in front of what is typed. */
export function giveBack(drafts: Drafts, text: string): Drafts {
  return { ...drafts, draft: [text, drafts.draft].filter((part) => part !== '').join('\n\n'), browsed: undefined };
}

/** The message is in the transcript: nothing is left to keep. */
export function accept(drafts: Drafts, key: string): Drafts {
  return { ...drafts, outbox: drafts.outbox.filter((outgoing) => outgoing.key !== key) };
}

/**
 * The message comes back to where it was written: into the composer, in front of what has been typed since, or to the turn whose
 * place it was to take. One that is the turn's own is not lost.
 *
 * @param turns that the webview knows.
 */
export function reject(drafts: Drafts, key: string, rejection: ErrorReport, turns: readonly Turn[]): Drafts {
  const outgoing = drafts.outbox.find((candidate) => candidate.key === key);
  const kept = { ...drafts, outbox: drafts.outbox.filter((other) => other !== outgoing), rejection };
  if (!outgoing) return kept;
  const replaced = turns.find(({ id }) => id === outgoing.replaces);
  if (!replaced) return giveBack(kept, asTyped(outgoing));
  return replaced.message === outgoing.message ? kept : { ...kept, edits: atTurn(kept.edits, replaced.id, asTyped(outgoing)) };
}

/**
 * Turns have gone: what their messages were being changed to goes into the composer, unless it is what stood there.
 *
 * @param known turns that were known before.
 */
export function withoutEdited(drafts: Drafts, isGone: (turnId: number) => boolean, known: readonly Turn[]): Drafts {
  const leaving = drafts.edits.filter(({ turnId }) => isGone(turnId));
  if (leaving.length === 0) return drafts;
  const changed = leaving.filter(({ turnId, text }) => !known.some((turn) => turn.id === turnId && typedFor(turn) === text));
  const kept: Drafts = { ...drafts, edits: drafts.edits.filter((edit) => !leaving.includes(edit)) };
  return changed.reduce((given, { text }) => giveBack(given, text), kept);
}

/** What was typed for the message of a turn. */
export function typedFor({ message, recall }: Turn): string {
  return asTyped({ message, asksForRecall: recall?.asked });
}

/** The turns that will be there when all that was sent has arrived. */
export function withoutReplaced(turns: readonly Turn[], { outbox }: Drafts): readonly Turn[] {
  const first = Math.min(...outbox.map(({ replaces = Infinity }) => replaces));
  return first === Infinity ? turns : turns.filter(({ id }) => id < first);
}
