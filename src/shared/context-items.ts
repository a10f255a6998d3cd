import * as v from 'valibot';
import { ATTACHMENT_KINDS } from './attachments.ts';

/** UTF-16 units that are looked for among what can be attached; no path or name is nearly as long. */
export const LONGEST_CONTEXT_QUERY = 200;

/** Files that are attached at once; more would fill most windows. */
export const MOST_FILES = 10;

/** UTF-16 units of what can be attached at once; there is hardly a window that could hold more. */
export const LONGEST_ATTACHMENT = 1024 * 1024;

/** Something that can be attached to a message, before it is read. Lines and columns count from 0 on. */
export const ContextItemSchema = v.variant('kind', [
  v.object({ kind: v.literal('file'), uri: v.string() }),
  v.object({ kind: v.literal('symbol'), uri: v.string(), name: v.string(), line: v.number(), character: v.number(), endLine: v.number() }),
  v.object({ kind: v.literal('selection') }),
  v.object({ kind: v.literal('problems'), of: v.picklist(['file', 'workspace']) }),
  v.object({ kind: v.literal('terminal') }),
  v.object({ kind: v.literal('diff'), of: v.picklist(['workingTree', 'staged']) }),
]);
export type ContextItem = Readonly<v.InferOutput<typeof ContextItemSchema>>;

/** An item as the menu offers it. */
export const SuggestionSchema = v.object({
  item: ContextItemSchema,
  label: v.string(),
  /** Where it is, or how much of it there is; may be empty. */
  detail: v.string(),
  /** What of the label the query has matched: indexes of UTF-16 units, ascending. */
  matches: v.array(v.number()),
});
export type Suggestion = Readonly<v.InferOutput<typeof SuggestionSchema>>;

/** What can be attached in place of something that is too large. */
export const PARTS = ['outline', 'beginning', 'cursor', 'lines'] as const;
export type Part = (typeof PARTS)[number];

/** What is attached to the message that is being written, as its chip shows it. */
export const DraftAttachmentSchema = v.object({
  key: v.string(),
  kind: v.picklist(ATTACHMENT_KINDS),
  label: v.string(),
  uri: v.optional(v.string()),
  /** Its first line there, from 1 on. */
  line: v.optional(v.number()),
  /** Absent while nobody has counted them. */
  tokens: v.optional(v.number()),
  /** Tokens that are left for it; only there when it needs more. */
  room: v.optional(v.number()),
  /** What could be attached in its place. */
  parts: v.array(v.picklist(PARTS)),
});
export type DraftAttachment = Readonly<v.InferOutput<typeof DraftAttachmentSchema>>;

/** Something that was dropped from outside of VS Code, of which nothing more is known. */
export const DroppedFileSchema = v.object({
  name: v.string(),
  /** Absent for what is no text, too long, or a folder. */
  text: v.optional(v.pipe(v.string(), v.maxLength(LONGEST_ATTACHMENT))),
});
export type DroppedFile = Readonly<v.InferOutput<typeof DroppedFileSchema>>;
