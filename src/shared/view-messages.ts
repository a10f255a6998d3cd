import * as v from 'valibot';
import {
  ContextItemSchema,
  DraftAttachmentSchema,
  DroppedFileSchema,
  LONGEST_CONTEXT_QUERY,
  MOST_FILES,
  PARTS,
  SuggestionSchema,
} from './context-items.ts';
import { DownloadSchema, HubUriSchema } from './downloads.ts';
import { ErrorReportSchema } from './error-report.ts';
import { ConversationSnapshotSchema, LONGEST_QUERY, SearchHitSchema } from './protocol/conversation.ts';
import { EVENTS } from './protocol/protocol.ts';
import { SampleSchema } from './protocol/sample.ts';
import { TurnSchema } from './protocol/turn.ts';
import { EDITOR_COMMANDS } from './slash-commands.ts';

/** What the user can do about a failure; each is a button. */
export const ACTIONS = [
  'chooseModel',
  'useGgufFile',
  'tryBundledModel',
  'setHubToken',
  'restartEngine',
  'showLog',
  'showDiagnostics',
  'openSettings',
  'showCache',
  'freeGpu',
  'downloadCuda',
  'reloadWindow',
  'chooseServer',
  'enterServerKey',
] as const;
export type Action = (typeof ACTIONS)[number];

/** What the user can do with a block of code of an answer, beside copying it. */
export const CODE_ACTIONS = ['insert', 'apply', 'newFile', 'run'] as const;
export type CodeAction = (typeof CODE_ACTIONS)[number];

/** UTF-16 units of a block of code that something can be done with, and of a line that says what it is. */
export const LONGEST_CODE = 1_000_000;
export const LONGEST_CODE_LINE = 1_000;

/** Places that a search tells at most; there may be more when it tells so many. */
export const MOST_HITS = 100;

/** How the chat stands with the engine. */
export const ConnectionSchema = v.variant('kind', [
  /** No model is chosen: the welcome page. */
  v.object({ kind: v.literal('noModel'), error: v.optional(ErrorReportSchema) }),
  v.object({ kind: v.literal('connecting') }),
  v.object({ kind: v.literal('ready') }),
  /** The engine has crashed and is being started again. */
  v.object({ kind: v.literal('restarting') }),
  v.object({ kind: v.literal('failed'), error: ErrorReportSchema }),
]);
export type Connection = Readonly<v.InferOutput<typeof ConnectionSchema>>;

/** Host to webview. Everything but `text` and `turn` is complete in itself. */
export const HostMessageSchema = v.variant('type', [
  v.object({
    type: v.literal('state'),
    connection: ConnectionSchema,
    /** Absent while the host does not know it; what the webview shows then stays. */
    conversation: v.optional(ConversationSnapshotSchema),
    /** File name of the model that is chosen, whether loaded or not. */
    modelName: v.optional(v.string()),
  }),
  v.object({ type: v.literal('turn'), turn: TurnSchema }),
  /** The turns before `before`; none, and `hasEarlier`, when they could not be had. */
  v.object({ type: v.literal('earlier'), before: v.number(), turns: v.array(TurnSchema), hasEarlier: v.boolean() }),
  /** The turns behind `after`; none, and `hasLater`, when they could not be had. */
  v.object({ type: v.literal('later'), after: v.number(), turns: v.array(TurnSchema), hasLater: v.boolean() }),
  /** The turns around one that is to be shown, in place of those that are. */
  v.object({
    type: v.literal('around'),
    turnId: v.number(),
    turns: v.array(TurnSchema),
    hasEarlier: v.boolean(),
    hasLater: v.boolean(),
  }),
  /** The transcript is another than before, whatever the webview shows. */
  v.object({ type: v.literal('replaced'), conversation: ConversationSnapshotSchema }),
  /** What was found, or why nothing could be. */
  v.object({
    type: v.literal('found'),
    query: v.string(),
    hits: v.array(SearchHitSchema),
    error: v.optional(ErrorReportSchema),
  }),
  /** What was measured from a time on; what is known from then on is replaced. */
  v.object({ type: v.literal('samples'), since: v.number(), samples: v.array(SampleSchema) }),
  v.object({ type: v.literal('forgotten'), ...v.omit(EVENTS.forgotten.params, ['address']).entries }),
  v.object({ type: v.literal('text'), ...v.omit(EVENTS.text.params, ['address']).entries }),
  v.object({ type: v.literal('status'), ...v.omit(EVENTS.status.params, ['address']).entries }),
  /** The message with this key is in the transcript; the draft may go. */
  v.object({ type: v.literal('accepted'), key: v.string() }),
  /** It is not; the draft stays, with the reason. */
  v.object({ type: v.literal('rejected'), key: v.string(), error: ErrorReportSchema }),
  /** Why something that was wanted of a message was not done. */
  v.object({ type: v.literal('refused'), error: ErrorReportSchema }),
  /** Puts a text behind what is typed. Like `showCache`, `showSearch` and `focusComposer` it is told again, with the same key, until the view says `done`. */
  v.object({ type: v.literal('insert'), key: v.string(), text: v.pipe(v.string(), v.minLength(1)) }),
  /** Opens the cache panel. */
  v.object({ type: v.literal('showCache'), key: v.string() }),
  /** Opens the search. */
  v.object({ type: v.literal('showSearch'), key: v.string() }),
  /** Puts the cursor behind what is typed. */
  v.object({ type: v.literal('focusComposer'), key: v.string() }),
  /** All downloads of models that have not come to their end, or have failed. */
  v.object({ type: v.literal('downloads'), downloads: v.array(DownloadSchema) }),
  /** All that is attached to the message that is being written. */
  v.object({ type: v.literal('attached'), attachments: v.array(DraftAttachmentSchema) }),
  /** What can be attached, the best first; more may come for the same key until it is complete. */
  v.object({
    type: v.literal('suggested'),
    key: v.number(),
    suggestions: v.array(SuggestionSchema),
    isComplete: v.boolean(),
  }),
]);
export type HostMessage = v.InferOutput<typeof HostMessageSchema>;

/** Webview to host. */
export const ViewMessageSchema = v.variant('type', [
  v.object({ type: v.literal('ready') }),
  /** The page has got the focus, or lost it. */
  v.object({ type: v.literal('focus'), has: v.boolean() }),
  v.object({
    type: v.literal('send'),
    key: v.string(),
    message: v.pipe(v.string(), v.minLength(1)),
    /** Whether the user wants passages recalled for it. */
    asksForRecall: v.optional(v.boolean()),
    /** It takes the place of this turn and of all behind it; what was attached to the turn is attached to it. */
    replaces: v.optional(v.number()),
    /** Keys of what is attached to it. */
    attachments: v.optional(v.array(v.string())),
  }),
  /** Asks what can be attached; the newest key is what counts. */
  v.object({ type: v.literal('suggest'), key: v.number(), query: v.pipe(v.string(), v.maxLength(LONGEST_CONTEXT_QUERY)) }),
  v.object({ type: v.literal('attach'), item: ContextItemSchema }),
  v.object({ type: v.literal('detach'), key: v.string() }),
  /** Puts a part in the place of something that is attached. */
  v.object({ type: v.literal('shorten'), key: v.string(), part: v.picklist(PARTS) }),
  /** Attaches what was dropped: resources of VS Code, and files from outside. */
  v.object({
    type: v.literal('drop'),
    uris: v.pipe(v.array(v.string()), v.maxLength(MOST_FILES)),
    files: v.pipe(v.array(DroppedFileSchema), v.maxLength(MOST_FILES)),
    /** How many were dropped; those beyond the first ones are not in the message. */
    count: v.number(),
  }),
  /** Shows in an editor what something attached was taken from. */
  v.object({ type: v.literal('openSource'), uri: v.string(), line: v.optional(v.number()) }),
  /** Ends the answer of a turn; one that is over by then is left as it is. */
  v.object({ type: v.literal('stop'), turnId: v.number() }),
  /** Goes on with the download of a model. */
  v.object({ type: v.literal('resumeDownload'), uri: HubUriSchema }),
  /** Stops it, or takes it off the list. `deletes`: with what has come in. */
  v.object({ type: v.literal('endDownload'), uri: HubUriSchema, deletes: v.boolean() }),
  /** Keeps a turn in the cache, or no longer. */
  v.object({ type: v.literal('pin'), turnId: v.number(), pinned: v.boolean() }),
  /** Takes a turn out of the conversation and the cache. `givesBack`: what is attached to it is attached to the draft. */
  v.object({ type: v.literal('forget'), turnId: v.number(), givesBack: v.optional(v.boolean()) }),
  /** Runs a command of VS Code; `words` is what was written behind its name in the chat. */
  v.object({ type: v.literal('command'), command: v.picklist(EDITOR_COMMANDS), words: v.string() }),
  v.object({ type: v.literal('earlier'), before: v.number() }),
  v.object({ type: v.literal('later'), after: v.number() }),
  /** Shows the turn with those around it. */
  v.object({ type: v.literal('around'), turnId: v.number() }),
  v.object({ type: v.literal('search'), query: v.pipe(v.string(), v.minLength(1), v.maxLength(LONGEST_QUERY)) }),
  /** Asks for what was measured from a time on, in milliseconds since the epoch. */
  v.object({ type: v.literal('samples'), since: v.number() }),
  /** What the host wanted with this key has been done. */
  v.object({ type: v.literal('done'), key: v.string() }),
  v.object({ type: v.literal('copy'), text: v.string() }),
  /** Does something with a block of code of an answer. Where it goes is for the host to find out, from what the answer says about it. */
  v.object({
    type: v.literal('code'),
    action: v.picklist(CODE_ACTIONS),
    turnId: v.number(),
    code: v.pipe(v.string(), v.minLength(1), v.maxLength(LONGEST_CODE)),
    /** What stands behind the fence. */
    info: v.pipe(v.string(), v.maxLength(LONGEST_CODE_LINE)),
    /** The line of text above the fence. */
    before: v.pipe(v.string(), v.maxLength(LONGEST_CODE_LINE)),
  }),
  v.object({ type: v.literal('openLink'), href: v.string() }),
  v.object({ type: v.literal('action'), action: v.picklist(ACTIONS) }),
]);
export type ViewMessage = v.InferOutput<typeof ViewMessageSchema>;
