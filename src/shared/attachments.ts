import * as v from 'valibot';

/** What can be attached to a message. */
export const ATTACHMENT_KINDS = ['file', 'range', 'symbol', 'selection', 'problems', 'terminal', 'diff'] as const;
export type AttachmentKind = (typeof ATTACHMENT_KINDS)[number];

/** Something of the workspace that the model is shown before a message. */
export const AttachmentSchema = v.object({
  /** Names it within its message. */
  key: v.string(),
  kind: v.picklist(ATTACHMENT_KINDS),
  /** What a chip says of it: a path with lines, say. */
  label: v.string(),
  /** Where it can be opened; absent for what stands in no file. */
  uri: v.optional(v.string()),
  /** Its first line there, from 1 on. */
  line: v.optional(v.number()),
  /** What the model is shown: a passage under a title of its own, fenced. */
  text: v.pipe(v.string(), v.minLength(1)),
});
export type Attachment = Readonly<v.InferOutput<typeof AttachmentSchema>>;
