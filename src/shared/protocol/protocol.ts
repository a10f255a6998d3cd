import * as v from 'valibot';
import { AttachmentSchema } from '../attachments.ts';
import { DownloadSchema, HubSchema, HubUriSchema, PURPOSES } from '../downloads.ts';
import { LocalModelSchema, MachineSchema, RankedModelSchema } from '../ranked-models.ts';
import { RequestStageSchema } from './requests.ts';
import { AddressSchema } from './address.ts';
import { CompletionPlaceSchema, CompletionResultSchema, CompletionSettingsSchema, PassageSchema } from './completion.ts';
import { ConversationSnapshotSchema, LONGEST_QUERY, SearchHitSchema } from './conversation.ts';
import { CUDA_KINDS, CudaStateSchema } from './cuda.ts';
import { EngineSettingsSchema, PreferencesSchema } from './engine-settings.ts';
import { GenerateParamsSchema, GenerateResultSchema } from './generate.ts';
import { SampleSchema } from './sample.ts';
import { StatusSchema } from './status.ts';
import { TurnSchema } from './turn.ts';

/**
 * Everything that is said between the engine and its clients, declared once. Events carry complete snapshots;
 * only the text of a running answer is a delta. The engine speaks in codes and numbers, never in sentences.
 */
export const PROTOCOL_VERSION = 12;

const none = v.object({});

interface RequestDeclaration<P extends v.GenericSchema, R extends v.GenericSchema> {
  readonly method: string;
  readonly params: P;
  readonly result: R;
}

function request<P extends v.GenericSchema, R extends v.GenericSchema>(method: string, params: P, result: R): RequestDeclaration<P, R> {
  return { method, params, result };
}

interface EventDeclaration<P extends v.GenericSchema> {
  readonly method: string;
  readonly params: P;
}

function event<P extends v.GenericSchema>(method: string, params: P): EventDeclaration<P> {
  return { method, params };
}

/** Client to engine, with an answer. */
export const REQUESTS = {
  /** First of all; an engine older than its client ends after answering. */
  hello: request(
    'engine/hello',
    v.object({ protocolVersion: v.number(), client: v.string() }),
    v.object({ protocolVersion: v.number(), pid: v.number() }),
  ),
  /** Says how the engine as a whole is to be. */
  prefer: request('engine/prefer', v.object({ preferences: PreferencesSchema }), none),
  /** What the engine knows of itself. */
  diagnostics: request(
    'engine/diagnostics',
    none,
    v.object({
      node: v.string(),
      /** Where the engine runs on Electron as Node. */
      electron: v.optional(v.string()),
      /** Version of node-llama-cpp. */
      library: v.string(),
      uptimeSeconds: v.number(),
      processBytes: v.number(),
      clients: v.number(),
      conversations: v.number(),
      /** What stands in memory, by what it is for. */
      contexts: v.array(v.string()),
      cuda: v.picklist(CUDA_KINDS),
    }),
  ),
  /** Ends the engine when what is being answered has been; each window starts another one, or finds the one that another has started. */
  restart: request('engine/restart', none, none),
  /** How it stands with the packages for CUDA. */
  cuda: request('cuda/state', none, CudaStateSchema),
  /** Downloads them, and answers when they are there; it ends when nobody waits any more. The next engine finds them. */
  downloadCuda: request('cuda/download', none, none),
  deleteCuda: request('cuda/delete', none, none),
  /** Writes down the caches and unloads all models, when what is being answered has been; whatever needs them loads them again. */
  free: request('engine/free', none, none),
  /** Looks at a model file without loading it, or at a model on a server; fails with the code of what is wrong with it. */
  inspectModel: request(
    'model/inspect',
    v.object({
      path: v.string(),
      /** What only completes need not know how to chat. */
      purpose: v.optional(v.picklist(PURPOSES)),
      /** Whether the user has chosen it just now: it is then loaded again, also if engines have died of that. */
      isChosen: v.optional(v.boolean()),
    }),
    v.object({
      name: v.string(),
      architecture: v.string(),
      fileBytes: v.number(),
      trainedContext: v.number(),
      /** Whether its chat template has a place for tools. */
      knowsTools: v.boolean(),
    }),
  ),
  /**
   * Has a conversation go on with another model at once, if one is loaded, from its own checkpoint of before or from the text; how far that
   * is, is told by events. Where it fails the model before is back, with the cache as it was: `returnedTo` in the error names it.
   */
  switchModel: request('model/switch', v.object({ address: AddressSchema, settings: EngineSettingsSchema }), none),
  /** The key of a server and what its user allows, kept in memory only; a later one takes the place of an earlier one. */
  allowServer: request(
    'server/allow',
    v.object({
      origin: v.pipe(v.string(), v.url()),
      /** Empty for none. */
      key: v.string(),
      /** Whether text may go there although others on the way can read it. */
      allowsReadable: v.boolean(),
    }),
    none,
  ),
  /** The models that a server has; fails with the code of what is wrong with it. */
  listServerModels: request('server/models', v.object({ base: v.pipe(v.string(), v.url()) }), v.object({ models: v.array(v.string()) })),
  /** Attaches the client to a conversation: it gets a snapshot now and the conversation's events from now on. */
  open: request('conversation/open', v.object({ address: AddressSchema, turns: v.number() }), ConversationSnapshotSchema),
  /** Turns older than `before`, newest last. */
  history: request(
    'conversation/history',
    v.object({ address: AddressSchema, before: v.number(), turns: v.number() }),
    v.object({ turns: v.array(TurnSchema), hasEarlier: v.boolean() }),
  ),
  /** Turns newer than `after`, the oldest of them, newest last. */
  later: request(
    'conversation/later',
    v.object({ address: AddressSchema, after: v.number(), turns: v.number() }),
    v.object({ turns: v.array(TurnSchema), hasLater: v.boolean() }),
  ),
  /** How many turns the transcript has. */
  size: request('conversation/size', v.object({ address: AddressSchema }), v.object({ turns: v.number() })),
  /** What was measured at the end of answers from a time on (milliseconds since the epoch), oldest first; kept for a week. */
  samples: request(
    'conversation/samples',
    v.object({ address: AddressSchema, since: v.number() }),
    v.object({ samples: v.array(SampleSchema) }),
  ),
  /** Where in the transcript a text stands. What has been forgotten or cleared is not found. */
  search: request(
    'conversation/search',
    v.object({
      address: AddressSchema,
      query: v.pipe(v.string(), v.minLength(1), v.maxLength(LONGEST_QUERY)),
      /** Most hits to be told. */
      limit: v.pipe(v.number(), v.integer(), v.minValue(1)),
    }),
    v.object({ hits: v.array(SearchHitSchema) }),
  ),
  /**
   * Writes the message into the transcript and queues it; answers as soon as that is done. What becomes of it is told
   * by events, also to every other client of the conversation. A message sent twice with the same key is taken once.
   */
  send: request(
    'conversation/send',
    v.object({
      address: AddressSchema,
      key: v.string(),
      message: v.pipe(v.string(), v.minLength(1)),
      settings: EngineSettingsSchema,
      /** Whether the user wants passages recalled, be they ever so little like the message, and even if recall is off. */
      asksForRecall: v.optional(v.boolean()),
      /** What the model is shown before the message. */
      attachments: v.optional(v.array(AttachmentSchema)),
      /**
       * The message takes the place of this turn and of all behind it: an answer is given anew, or a message was edited. What of
       * them is in the cache is cut off. Where the turn is no longer wholly there the cache is filled again from the turns before it.
       */
      replaces: v.optional(v.number()),
    }),
    v.object({ turnId: v.number() }),
  ),
  /**
   * Says what is attached to the message that is being written, all of it. It is evaluated as soon as nothing else has the model,
   * so that the message need not wait for it, and what is attached no longer is cut off. Nothing is said of it by events but the
   * status. A later one ends an earlier one.
   */
  attach: request(
    'conversation/attach',
    v.object({ address: AddressSchema, attachments: v.array(AttachmentSchema), settings: EngineSettingsSchema }),
    none,
  ),
  /**
   * Keeps a turn from being evicted, or no longer. Fails with `turn-not-cached` when nothing of it is in the cache, and with
   * `pins-too-large` when all that is pinned would take more than half the window.
   */
  pin: request('conversation/pin', v.object({ address: AddressSchema, turnId: v.number(), pinned: v.boolean() }), none),
  /**
   * Ends the answer of a turn after its current token (or slice of prefill) and keeps what was written; where no turn is named, the
   * answer that is running, or the next one. Nothing happens when it is over: those behind it are left alone.
   */
  stop: request('conversation/stop', v.object({ address: AddressSchema, turnId: v.optional(v.number()) }), none),
  /** Takes a turn out of the transcript and its tokens out of the cache. One that waits for its answer goes at once. */
  forget: request('conversation/forget', v.object({ address: AddressSchema, turnId: v.number() }), none),
  /** Evicts all but the sinks, what is pinned, and the newest two turns. Nothing happens when it is not in the cache. */
  compact: request('conversation/compact', v.object({ address: AddressSchema }), v.object({ evicted: v.number() })),
  /**
   * Ends what is being answered, takes all turns out of the transcript and their tokens out of the cache. The text stays in the
   * file until this can no longer be undone; what was cleared before is deleted now. Where there are no turns nothing happens.
   */
  clear: request('conversation/clear', v.object({ address: AddressSchema }), v.object({ turns: v.number() })),
  /** Brings back what was cleared last; 0 turns when that can no longer be. The cache is filled again with the next message. */
  undoClear: request('conversation/undoClear', v.object({ address: AddressSchema }), v.object({ turns: v.number() })),
  /** Deletes what was cleared, although it could be brought back still. Settles when nothing of it is left. */
  deleteCleared: request('conversation/deleteCleared', v.object({ address: AddressSchema }), none),
  /** Begins a new section of the conversation with the next message, and compacts. */
  beginSection: request('conversation/section', v.object({ address: AddressSchema }), v.object({ section: v.number() })),
  /**
   * Answers something that no conversation remembers. The client hears of it by the events `requestStage` and
   * `requestText`; its signal ends it, and what was written by then is the answer.
   */
  generate: request('request/generate', GenerateParamsSchema, GenerateResultSchema),
  /** How many tokens the model makes of a text. */
  countTokens: request(
    'model/count',
    v.object({ text: v.string(), settings: v.pick(EngineSettingsSchema, ['modelPath', 'threads']) }),
    v.object({ tokens: v.number() }),
  ),
  /** Suggests what to write at a place. A newer request ends an older one. */
  complete: request(
    'completion/complete',
    v.object({
      place: CompletionPlaceSchema,
      settings: CompletionSettingsSchema,
      /** Whether nobody waits for it yet: it ends no request, and is ended by the next. */
      ahead: v.boolean(),
    }),
    CompletionResultSchema,
  ),
  /** The passages that completions are to see from now on, oldest first; they are read when nobody waits. */
  passages: request('completion/passages', v.object({ passages: v.array(PassageSchema) }), none),
  /** The catalogue in the order in which it suits this machine, the best first. */
  rankModels: request(
    'models/rank',
    v.object({ settings: v.pick(EngineSettingsSchema, ['gpu', 'threads', 'window']) }),
    v.object({ machine: MachineSchema, models: v.array(RankedModelSchema) }),
  ),
  /** The model files that were downloaded, those of other programs' stores, and those of folders that the user has named. */
  localModels: request('models/local', v.object({ folders: v.array(v.string()) }), v.object({ models: v.array(LocalModelSchema) })),
  /** Deletes a model that was downloaded; files of others are not ours to delete. */
  deleteModel: request('models/delete', v.object({ uri: HubUriSchema }), none),
  /** All downloads that have not been taken note of, under way or not; from now on they are told by events. */
  downloads: request('downloads/list', none, v.object({ downloads: v.array(DownloadSchema) })),
  /** Begins to download a model, or goes on with it. Answers at once; what becomes of it is told by events. */
  startDownload: request(
    'downloads/start',
    v.object({ uri: HubUriSchema, name: v.string(), purpose: v.picklist(PURPOSES), choice: v.string(), hub: HubSchema }),
    none,
  ),
  /**
   * Takes a model that has come in off the list. Of several windows one is to use it: the one that wanted it, for as long as it is there,
   * else the first that asks.
   */
  takeDownload: request('downloads/take', v.object({ uri: HubUriSchema }), v.object({ isYours: v.boolean() })),
  /** Ends a download. What has come in is kept, unless it is to be deleted. */
  endDownload: request('downloads/end', v.object({ uri: HubUriSchema, deletes: v.boolean() }), none),
} as const;

/** Engine to client. */
export const EVENTS = {
  turn: event('conversation/turn', v.object({ address: AddressSchema, turn: TurnSchema })),
  forgotten: event(
    'conversation/forgotten',
    /** `andLater`: and all turns behind it. */
    v.object({ address: AddressSchema, turnId: v.number(), andLater: v.optional(v.boolean()) }),
  ),
  /** The transcript is another than before: it has been cleared, or what was cleared is back. */
  replaced: event('conversation/replaced', v.object({ address: AddressSchema, conversation: ConversationSnapshotSchema })),
  /** Text that follows the first `offset` UTF-16 units of the answer, or of the thoughts. */
  text: event(
    'conversation/text',
    v.object({ address: AddressSchema, turnId: v.number(), offset: v.number(), text: v.string(), isThought: v.optional(v.boolean()) }),
  ),
  status: event('conversation/status', v.object({ address: AddressSchema, status: StatusSchema })),
  /** To the client that asked, and no other. */
  requestStage: event('request/stage', v.object({ id: v.string(), stage: RequestStageSchema })),
  requestText: event('request/text', v.object({ id: v.string(), text: v.string() })),
  /** All of them, to every client; a few times a second while one comes in. */
  downloads: event('downloads/changed', v.object({ downloads: v.array(DownloadSchema) })),
  /** This engine is about to end because somebody wishes so: there is nothing wrong with it. */
  leaving: event('engine/leaving', none),
  log: event('engine/log', v.object({ level: v.picklist(['debug', 'info', 'warn', 'error']), message: v.string() })),
} as const;
export type RequestName = keyof typeof REQUESTS;
export type EventName = keyof typeof EVENTS;
export type RequestParams<N extends RequestName> = v.InferOutput<(typeof REQUESTS)[N]['params']>;
export type RequestResult<N extends RequestName> = v.InferOutput<(typeof REQUESTS)[N]['result']>;
export type EventParams<N extends EventName> = v.InferOutput<(typeof EVENTS)[N]['params']>;

/** What an engine offers; the real one and the scripted one implement it. The signal says that nobody waits any more. */
export type EngineApi<Client> = {
  readonly [N in RequestName]: (params: RequestParams<N>, client: Client, signal: AbortSignal) => Promise<RequestResult<N>>;
};
