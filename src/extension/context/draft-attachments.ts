import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import * as v from 'valibot';
import type { Memento } from 'vscode';
import { AttachmentSchema, type Attachment } from '../../shared/attachments.ts';
import { PARTS, type DraftAttachment } from '../../shared/context-items.ts';
import { missingRoom } from './attachment-room.ts';
import { TokenCounts } from './token-counts.ts';

const HeldSchema = v.object({
  ...AttachmentSchema.entries,
  /** What could be attached in its place. */
  parts: v.array(v.picklist(PARTS)),
  /** Whether it is a whole file, which is read again before it is sent. */
  isWhole: v.boolean(),
});
type Held = Readonly<v.InferOutput<typeof HeldSchema>>;

/** Something that was read to be attached. */
export type NewAttachment = Omit<Held, 'key'>;

const STATE = 'endless.attachments';

export interface AttachmentSources {
  /** Where they survive a reload of the window. */
  readonly memory: Pick<Memento, 'get' | 'update'>;
  /** How many tokens the model makes of a text; fails while nobody can say. */
  readonly count: (text: string) => Promise<number>;
  /** Tokens of the longest message that has room; undefined while nobody knows. */
  readonly longestMessage: () => number | undefined;
}

/**
 * What is attached to the message that is being written, and to those that are on their way. Nothing of it is lost: what was sent
 * is kept until its message is in the transcript, and a message that is not taken brings it back.
 */
export class DraftAttachments extends EventEmitter<{ change: [] }> {
  readonly #sources: AttachmentSources;
  readonly #tokens: TokenCounts;
  #draft: readonly Held[];
  /** By the key of their message: sent, and neither accepted nor rejected so far. */
  readonly #sent = new Map<string, readonly Held[]>();
  #longestMessage: number | undefined;

  constructor(sources: AttachmentSources) {
    super();
    this.#sources = sources;
    this.#tokens = new TokenCounts(sources.count);
    const stored = v.safeParse(v.array(HeldSchema), sources.memory.get(STATE));
    this.#draft = stored.success ? stored.output : [];
  }

  /** As the chips show them. */
  get shown(): DraftAttachment[] {
    const missing = this.#missing();
    return this.#draft.map(({ key, kind, label, uri, line, text, parts }) => {
      const tokens = this.#tokens.of(text);
      const room = missing.get(key);
      return {
        key,
        kind,
        label,
        parts: room === undefined ? [] : parts,
        ...(uri !== undefined && { uri }),
        ...(line !== undefined && { line }),
        ...(tokens !== undefined && { tokens }),
        ...(room !== undefined && { room }),
      };
    });
  }

  /** What the next message can be sent with. */
  get fitting(): readonly Attachment[] {
    const missing = this.#missing();
    return this.#draft.filter(({ key }) => !missing.has(key)).map(asAttachment);
  }

  /** Whether some message is on its way that has something attached. */
  get isSending(): boolean {
    return this.#sent.size > 0;
  }

  find(key: string): (NewAttachment & { readonly room: number | undefined }) | undefined {
    const held = this.#draft.find((other) => other.key === key);
    return held && { ...held, room: this.#missing().get(key) };
  }

  /** How many tokens a text has. */
  count(text: string): Promise<number> {
    return this.#tokens.count(text);
  }

  /** What is attached already is there once, as it was read last. */
  add(...read: readonly NewAttachment[]): void {
    const draft = [...this.#draft];
    for (const attachment of read) {
      const at = draft.findIndex((other) => isSame(other, attachment));
      const before = draft[at];
      if (before) draft[at] = { ...attachment, key: before.key };
      else draft.push({ ...attachment, key: randomUUID() });
    }
    this.#setDraft(draft);
  }

  /** Puts something else in its place. */
  replace(key: string, attachment: NewAttachment): void {
    this.#setDraft(this.#draft.map((other) => (other.key === key ? { ...attachment, key } : other)));
  }

  remove(key: string): void {
    this.#setDraft(this.#draft.filter((other) => other.key !== key));
  }

  /** Whole files among those with these keys. */
  whole(keys: readonly string[]): readonly (NewAttachment & { readonly key: string })[] {
    return this.#draft.filter(({ key, isWhole }) => isWhole && keys.includes(key));
  }

  /** Takes them out of the draft for a message. A message that is sent again gets the same. */
  take(messageKey: string, keys: readonly string[]): readonly Attachment[] {
    const known = this.#sent.get(messageKey);
    if (known) return known.map(asAttachment);
    const taken = this.#draft.filter(({ key }) => keys.includes(key));
    if (taken.length === 0) return [];
    this.#sent.set(messageKey, taken);
    this.#setDraft(this.#draft.filter((held) => !taken.includes(held)));
    return taken.map(asAttachment);
  }

  /** The message is in the transcript, and what is attached to it. */
  accepted(messageKey: string): void {
    if (this.#sent.delete(messageKey)) this.#setDraft(this.#draft);
  }

  /** The message comes back, and what is attached to it, before what has been attached since. */
  rejected(messageKey: string): void {
    const taken = this.#sent.get(messageKey);
    this.#sent.delete(messageKey);
    if (taken) this.#putBefore(taken);
  }

  /** Attaches what a message had that comes back. A whole file is read again before it is sent, as any other. */
  giveBack(attachments: readonly Attachment[]): void {
    this.#putBefore(attachments.map((attachment) => ({ ...attachment, ...possibleParts(attachment) })));
  }

  /** Counts what is not counted: a model was chosen, or the engine is there at last. */
  recount(): void {
    void Promise.all(this.#draft.map(({ text }) => this.#countOne(text)));
  }

  /** Another model counts otherwise. */
  forgetCounts(): void {
    this.#tokens.forget();
    this.emit('change');
    this.recount();
  }

  /** Says so if another amount fits now. */
  roomChanged(): void {
    const longest = this.#sources.longestMessage();
    if (longest === this.#longestMessage) return;
    this.#longestMessage = longest;
    if (this.#draft.length > 0) this.emit('change');
  }

  #missing(): ReadonlyMap<string, number> {
    const sized = this.#draft.map(({ key, text }) => ({ key, tokens: this.#tokens.of(text) }));
    return missingRoom(sized, this.#sources.longestMessage());
  }

  async #countOne(text: string): Promise<void> {
    if (this.#tokens.of(text) !== undefined) return;
    try {
      await this.#tokens.count(text);
      this.emit('change');
    } catch {
      // The chip goes without: there is no model, or no engine.
    }
  }

  /** What is attached already stays as it was read last. */
  #putBefore(held: readonly Held[]): void {
    this.#setDraft([...held.filter((one) => !this.#draft.some((other) => isSame(one, other))), ...this.#draft]);
  }

  /** After a reload of the window the view sends again what it has not heard of, which is in the draft again then. */
  #setDraft(draft: readonly Held[]): void {
    this.#draft = draft;
    this.#tokens.keep(new Set(draft.map(({ text }) => text)));
    void this.#sources.memory.update(STATE, [...[...this.#sent.values()].flat(), ...draft]);
    this.emit('change');
    this.recount();
  }
}

function asAttachment({ key, kind, label, uri, line, text }: Held): Attachment {
  return { key, kind, label, text, ...(uri !== undefined && { uri }), ...(line !== undefined && { line }) };
}

function possibleParts({ kind, uri }: Attachment): Pick<Held, 'parts' | 'isWhole'> {
  const isWhole = kind === 'file' && uri !== undefined;
  return { parts: isWhole ? ['outline', 'beginning', 'lines'] : ['beginning'], isWhole };
}

/** Two selections of terminals have the same label, but are hardly the same. */
function isSame(one: NewAttachment, other: NewAttachment): boolean {
  if (one.kind !== other.kind || one.label !== other.label) return false;
  return one.uri === other.uri && (one.kind !== 'terminal' || one.text === other.text);
}
