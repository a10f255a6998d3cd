import * as v from 'valibot';
import { AttachmentSchema } from './attachments.ts';
import { CacheLayoutSchema } from './cache-layout.ts';
import { DownloadSchema, HubSchema, HubUriSchema, PURPOSES } from './downloads.ts';
import { ErrorReportSchema } from './error-report.ts';
import { LocalModelSchema, MachineSchema, RankedModelSchema } from './ranked-models.ts';
import { ChatMessageSchema, LANE_CHANGES, LANES, RequestStageSchema, RequestStatsSchema, ToolCallSchema, ToolSchema } from './requests.ts';

/**
 * Everything that is said between the engine and its clients, declared once. Events carry complete snapshots;
 * only the text of a running answer is a delta. The engine speaks in codes and numbers, never in sentences.
 */
export const PROTOCOL_VERSION = 12;

/** UTF-16 units of a text that is looked for: more is pasted by mistake, and would keep the engine from everything else. */
export const LONGEST_QUERY = 1_000;

/** Which conversation a request is about. */
export const AddressSchema = v.object({
  conversationId: v.pipe(v.string(), v.regex(/^[a-z0-9-]{1,64}$/)),
});
export type Address = Readonly<v.InferOutput<typeof AddressSchema>>;

/** What a client wants the engine to run; a change of model or window takes effect with the next message. */
export const EngineSettingsSchema = v.object({
  modelPath: v.string(),
  /** Wished window in tokens; the engine caps it by what the model and the memory allow. */
  window: v.pipe(v.number(), v.integer(), v.minValue(64)),
  gpu: v.picklist(['auto', 'off']),
  /** CPU threads; 0 lets the engine choose. */
  threads: v.pipe(v.number(), v.integer(), v.minValue(0)),
  /** Whether the values of the cache are to be kept in 8 bits, which halves them; keys are always kept in 16. */
  quantizedValues: v.boolean(),
  systemPrompt: v.string(),
  /** What the workspace tells the model, as a message of the user; empty for nothing. It is pinned in the cache. */
  instructions: v.string(),
  temperature: v.pipe(v.number(), v.minValue(0), v.maxValue(2)),
  topP: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
  topK: v.pipe(v.number(), v.integer(), v.minValue(0)),
  minP: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
  repeatPenalty: v.pipe(v.number(), v.minValue(1), v.maxValue(2)),
  /** Longest answer in tokens; 0 means until the model ends it. */
  maxAnswerTokens: v.pipe(v.number(), v.integer(), v.minValue(0)),
  /** Whether what the model thinks before it answers stays in the cache. */
  keepThoughts: v.boolean(),
  /** Part of the window that passages of turns which have left the cache may take in a message; 0 recalls none. */
  recallShare: v.pipe(v.number(), v.minValue(0), v.maxValue(0.5)),
});
export type EngineSettings = Readonly<v.InferOutput<typeof EngineSettingsSchema>>;

const SECONDS_OF_A_DAY = 86_400;
const MINUTES_OF_A_WEEK = 10_080;

/** What holds for the engine as a whole; what a client said last is what counts. */
export const PreferencesSchema = v.object({
  /** How long the engine stays after its last client has gone, in seconds. */
  lingerSeconds: v.pipe(v.number(), v.minValue(0), v.maxValue(SECONDS_OF_A_DAY)),
  /** After so many seconds without work the cache is written to the disk; 0 for only when it has to leave the memory. */
  checkpointSeconds: v.pipe(v.number(), v.minValue(0), v.maxValue(SECONDS_OF_A_DAY)),
  /** What all checkpoints together may take, in bytes; 0 for none at all. */
  checkpointBytes: v.pipe(v.number(), v.minValue(0)),
  /** Conversations that may be in memory at the same time, where it has room for them. */
  residents: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(8)),
  /** After so many minutes without work all models are unloaded; 0 for never. */
  freeAfterMinutes: v.pipe(v.number(), v.minValue(0), v.maxValue(MINUTES_OF_A_WEEK)),
  /** Whether that is done soon while the machine runs on battery. */
  freeOnBattery: v.boolean(),
});
export type Preferences = Readonly<v.InferOutput<typeof PreferencesSchema>>;

/**
 * Why a model does not run on the best kind of back end: the user wants no GPU; there is an NVIDIA GPU, but no CUDA runtime, or none
 * that could be used; no GPU's driver was found; there is a driver, but no device; the back end of the GPU does not work; the memory
 * of the GPU was not enough.
 */
export const BACKEND_REASONS = ['turned-off', 'no-cuda', 'cuda-unusable', 'no-gpu', 'no-device', 'gpu-failed', 'no-room'] as const;
export type BackendReason = (typeof BACKEND_REASONS)[number];

/** What is missing for CUDA: its packages; the same, after those of another version; an engine that begins with them there. */
export const CUDA_REMEDIES = ['download', 'download-again', 'restart'] as const;
export type CudaRemedy = (typeof CUDA_REMEDIES)[number];

/** How a model was loaded when the memory of the GPU was not enough for it as it was planned, one step after the other. */
export const FALLBACKS = ['fewer-layers', 'smaller-window', 'cpu'] as const;
export type Fallback = (typeof FALLBACKS)[number];

/** Why a context holds fewer tokens than were wished: the model was trained on no more, or the memory has no room for more. */
export const CONTEXT_LIMITS = ['trained', 'memory'] as const;
export type ContextLimit = (typeof CONTEXT_LIMITS)[number];

/** What a context is for. When the memory is short the first ones get less before those behind them do. */
export const CONTEXT_ROLES = ['request', 'completion', 'chat'] as const;
export type ContextRole = (typeof CONTEXT_ROLES)[number];

/** A context that stands. */
export const ContextFactsSchema = v.object({
  role: v.picklist(CONTEXT_ROLES),
  /** Tokens that it can hold, and those that were wished. */
  tokens: v.number(),
  wished: v.number(),
  /** Why they are fewer, if they are. */
  limit: v.optional(v.picklist(CONTEXT_LIMITS)),
});
export type ContextFacts = Readonly<v.InferOutput<typeof ContextFactsSchema>>;

/** What is loaded and what it really runs on. */
export const ModelFactsSchema = v.object({
  path: v.string(),
  name: v.string(),
  architecture: v.string(),
  fileBytes: v.number(),
  trainedContext: v.number(),
  window: v.number(),
  /** The wish that `window` was capped from. */
  wishedWindow: v.number(),
  /** Why it was capped, if it was. */
  windowLimit: v.optional(v.picklist(CONTEXT_LIMITS)),
  /** Tokens besides the window, for what is asked beside the conversation, and those that were wished; where the memory has no room for more. */
  reserveCut: v.optional(v.object({ tokens: v.number(), wished: v.number() })),
  backend: v.picklist(['cpu', 'metal', 'cuda', 'vulkan']),
  /** Why it is not another one; absent where it is the best there can be. */
  backendReason: v.optional(v.picklist(BACKEND_REASONS)),
  devices: v.array(v.string()),
  /** Memory of all devices together, in bytes; absent on the CPU. */
  deviceBytes: v.optional(v.number()),
  /** Where 8 bits were wished for the values of the cache: whether they are kept in 8 bits, or the model does not allow it. */
  quantizedValues: v.optional(v.boolean()),
  /** What was given up so that it could be loaded at all. */
  fallback: v.optional(v.picklist(FALLBACKS)),
  gpuLayers: v.number(),
  totalLayers: v.number(),
  threads: v.number(),
  /** Whether positions can be shifted, and if not, the code of the reason. */
  canShift: v.boolean(),
  shiftObstacle: v.optional(v.string()),
  /** Whether the file asks for YaRN and the model was loaded without, so that its cache can roll. */
  yarnLeftOut: v.boolean(),
});
export type ModelFacts = Readonly<v.InferOutput<typeof ModelFactsSchema>>;

/** What answers the protocol on a server, as far as that makes a difference. */
export const SERVER_SOFTWARE = ['llama.cpp', 'vllm', 'other'] as const;
export type ServerSoftware = (typeof SERVER_SOFTWARE)[number];

/** A model on a server, in place of one in this machine's memory. */
export const ServerFactsSchema = v.object({
  /** Name and port. */
  host: v.string(),
  /** As the server calls it. */
  model: v.string(),
  software: v.picklist(SERVER_SOFTWARE),
  /** Tokens of its context, and whether the server said so; else the setting is what counts. */
  window: v.number(),
  isWindowTold: v.boolean(),
  /** Whether tokens are counted by the server; else they are estimated. */
  countsTokens: v.boolean(),
  /** Whether others on the way can read what is sent. */
  isReadable: v.boolean(),
});
export type ServerFacts = Readonly<v.InferOutput<typeof ServerFactsSchema>>;

/** What went to a server with the last message, in tokens as the server counted them. */
export const SentSchema = v.object({
  tokens: v.number(),
  /** Those that it had in a cache of its own, and did not evaluate again; absent where it does not say. */
  cached: v.optional(v.number()),
});
export type Sent = Readonly<v.InferOutput<typeof SentSchema>>;

export const TURN_STATES = ['queued', 'running', 'done', 'stopped', 'failed', 'interrupted'] as const;

/**
 * Why an answer ended: the model ended it, the user stopped it, the limit on its length was reached, it was going
 * round in a loop, or it produced a control token that does not end a turn.
 */
export const FINISH_REASONS = ['end', 'stopped', 'length', 'repetition', 'control-token'] as const;
export type FinishReason = (typeof FINISH_REASONS)[number];

export const TurnStatsSchema = v.object({
  /** Tokens of the message as they entered the cache, and of the answer. */
  messageTokens: v.number(),
  answerTokens: v.number(),
  /** From the start of work on the turn to its first token; waiting in the queue and loading not counted. */
  firstTokenMs: v.number(),
  tokensPerSecond: v.number(),
});

/** A passage of an earlier turn that the model was shown with a message, since it was in the cache no longer. */
export const RecalledPassageSchema = v.object({
  turnId: v.number(),
  /** When that turn began, in milliseconds since the epoch. */
  createdAt: v.number(),
  role: v.picklist(['message', 'answer']),
  text: v.string(),
});
export type RecalledPassage = Readonly<v.InferOutput<typeof RecalledPassageSchema>>;

/** One message with its answer, as it stands in the transcript. */
export const TurnSchema = v.object({
  /** Ascending within a conversation. */
  id: v.number(),
  /** Milliseconds since the epoch. */
  createdAt: v.number(),
  /** Which part of the conversation it belongs to, from 0 on; the user begins a new one. */
  section: v.number(),
  state: v.picklist(TURN_STATES),
  message: v.string(),
  /** What the model was shown before the message. */
  attachments: v.optional(v.array(AttachmentSchema)),
  /** What the model thought before it answered. */
  thoughts: v.optional(v.string()),
  answer: v.string(),
  /** Whether it is never to be evicted. */
  pinned: v.optional(v.boolean()),
  finish: v.optional(v.picklist(FINISH_REASONS)),
  error: v.optional(ErrorReportSchema),
  stats: v.optional(TurnStatsSchema),
  /** Where the user asked for recall, or something was recalled: what the model was shown behind the message, oldest first. */
  recall: v.optional(v.object({ asked: v.boolean(), passages: v.array(RecalledPassageSchema) })),
});
export type Turn = Readonly<v.InferOutput<typeof TurnSchema>>;

/** What the engine is doing for a conversation right now. `done` and `total` count tokens (bytes are not known). */
export const ActivitySchema = v.variant('kind', [
  v.object({ kind: v.literal('idle') }),
  v.object({ kind: v.literal('loading'), fraction: v.number() }),
  v.object({ kind: v.literal('rebuilding'), done: v.number(), total: v.number() }),
  v.object({ kind: v.literal('prefill'), turnId: v.number(), done: v.number(), total: v.number() }),
  v.object({ kind: v.literal('generating'), turnId: v.number() }),
  /** Something is asked beside the conversation; messages wait for it. */
  v.object({ kind: v.literal('aside') }),
  /** Others have the model; so many go before. */
  v.object({ kind: v.literal('waiting'), ahead: v.number() }),
  /** The cache comes back from its checkpoint. */
  v.object({ kind: v.literal('restoring'), done: v.number(), total: v.number() }),
]);
export type Activity = Readonly<v.InferOutput<typeof ActivitySchema>>;

/** Counters of the conversation; the day is the user's local one. */
export const StatsSchema = v.object({
  tokensToday: v.number(),
  evictedToday: v.number(),
  evictionsToday: v.number(),
  /** Times the cache had to be filled again from the transcript (engine restart, or an architecture that cannot shift). */
  rebuildsToday: v.number(),
  tokensPerSecond: v.number(),
  firstTokenMs: v.number(),
  /** How fast messages are read, as measured lately; 0 while nothing was. */
  promptTokensPerSecond: v.number(),
  /** When something was evicted last, on whatever day, in milliseconds since the epoch. */
  lastEvictionAt: v.optional(v.number()),
  /**
   * Tokens that entered the cache, and tokens the native code decoded, since the model was loaded. Whatever was
   * decoded beyond what was appended was computed a second time; a rolling cache keeps the two equal.
   */
  appendedTokens: v.number(),
  decodedTokens: v.number(),
});
export type Stats = Readonly<v.InferOutput<typeof StatsSchema>>;

/** What the engine takes, in bytes; not older than a second while it works. */
export const MemorySchema = v.object({
  /** Of the chat's context for keys and values, all of which is allocated from the beginning; absent where that is not known. */
  kvBytes: v.optional(v.number()),
  /** Of the engine's process, the mapped part of the model file included (resident set). */
  processBytes: v.number(),
  /** Of the GPUs, by whatever program as far as the back end tells, and how much they have; absent on the CPU. */
  gpuBytes: v.optional(v.number()),
  gpuTotalBytes: v.optional(v.number()),
});
export type Memory = Readonly<v.InferOutput<typeof MemorySchema>>;

/** What was measured when an answer had ended. */
export const SampleSchema = v.object({
  /** Milliseconds since the epoch. */
  at: v.number(),
  turnId: v.number(),
  tokensPerSecond: v.number(),
  firstTokenMs: v.number(),
  promptTokensPerSecond: v.number(),
  processBytes: v.number(),
  gpuBytes: v.optional(v.number()),
  /**
   * How surprised the model was by what it said itself: e to the mean negative logarithm of the probability that each token of
   * the answer had when it was drawn, among the candidates that the sampling left. From 1 on; absent where nothing is drawn, since
   * the likeliest token is always taken.
   */
  perplexity: v.optional(v.number()),
});
export type Sample = Readonly<v.InferOutput<typeof SampleSchema>>;

/**
 * Why a cache had to be filled again from the text: there was no checkpoint; it is another model's; the context is another
 * one (its size, its back end); the system prompt has changed; another version of the library wrote it; the file has gone or
 * is damaged; more was said since than the window holds; the record of that is damaged; the engine crashed on it; it failed; a
 * message has taken the place of a turn that was not wholly there any more.
 */
export const REBUILD_REASONS = [
  'no-checkpoint',
  'other-model',
  'other-context',
  'other-prompt',
  'other-version',
  'missing',
  'damaged',
  'journal-too-long',
  'journal-damaged',
  'crashed',
  'failed',
  'edited',
] as const;
export type RebuildReason = (typeof REBUILD_REASONS)[number];

/** How the conversation came into the cache. */
export const CacheOriginSchema = v.variant('kind', [
  v.object({ kind: v.literal('new') }),
  /** As it was; so many tokens were evaluated again for that, those since the checkpoint. */
  v.object({ kind: v.literal('restored'), tokens: v.number() }),
  /** From the text of its newest turns; for so many that are pinned there was no room, if for any. */
  v.object({ kind: v.literal('rebuilt'), reason: v.picklist(REBUILD_REASONS), pinsLeftOut: v.optional(v.number()) }),
]);
export type CacheOrigin = Readonly<v.InferOutput<typeof CacheOriginSchema>>;

/** Why all models were unloaded: the user said so, nothing was asked for a while, or the machine runs on battery. */
export const FreedSchema = v.object({
  reason: v.picklist(['command', 'idle', 'battery']),
  /** Milliseconds since the epoch. */
  at: v.number(),
});
export type Freed = Readonly<v.InferOutput<typeof FreedSchema>>;

/** Everything but the transcript; sent whole when something in it has changed, at most ten times a second as figures go. */
export const StatusSchema = v.object({
  activity: ActivitySchema,
  stats: StatsSchema,
  cache: v.optional(CacheLayoutSchema),
  origin: v.optional(CacheOriginSchema),
  /** Longest message that leaves room for its answer, with all that is attached, in tokens; absent while there is no cache. */
  longestMessage: v.optional(v.number()),
  model: v.optional(ModelFactsSchema),
  /** The server that answers in its place. */
  server: v.optional(ServerFactsSchema),
  /** Absent until a server has answered. */
  sent: v.optional(SentSchema),
  /** That the memory of the models was given back; absent once one is needed again. */
  freed: v.optional(FreedSchema),
  /** The contexts besides that of the chat; absent while there are none. */
  contexts: v.optional(v.array(ContextFactsSchema)),
  /** Absent while no model is loaded. */
  memory: v.optional(MemorySchema),
  /** What would have the model run on CUDA, where it might and does not; absent where nothing is known that would. */
  cuda: v.optional(v.picklist(CUDA_REMEDIES)),
  /** The newest turn that has left the cache, wholly or in part; 0 when none has. */
  evictedUpTo: v.number(),
  /** The part of the conversation that the next message belongs to. */
  section: v.number(),
  /** What was cleared and can still be brought back: how many turns, and when it was (milliseconds since the epoch). */
  cleared: v.optional(v.object({ turns: v.number(), at: v.number() })),
});
export type Status = Readonly<v.InferOutput<typeof StatusSchema>>;

/** What completions are made with. */
export const CompletionSettingsSchema = v.object({
  modelPath: v.string(),
  gpu: v.picklist(['auto', 'off']),
  threads: v.pipe(v.number(), v.integer(), v.minValue(0)),
  quantizedValues: v.boolean(),
  /** Window of the chat that shares the model; 0 for a model that only completes. */
  chatWindow: v.pipe(v.number(), v.integer(), v.minValue(0)),
  /** Tokens of code that the model is shown, extra passages included. */
  window: v.pipe(v.number(), v.integer(), v.minValue(256)),
});
export type CompletionSettings = Readonly<v.InferOutput<typeof CompletionSettingsSchema>>;

/** A place in a text where something may be written. */
export const CompletionPlaceSchema = v.object({
  /** Name of the workspace; empty for a file of none. */
  repository: v.string(),
  /** Path within the workspace. */
  path: v.string(),
  /** Whole lines before the cursor and the beginning of its own. */
  before: v.string(),
  /** The rest of the cursor's line and whole lines behind it. */
  after: v.string(),
  /** Whether somebody asked for it with a key, and waits for more. */
  explicit: v.boolean(),
});
export type CompletionPlace = Readonly<v.InferOutput<typeof CompletionPlaceSchema>>;

/**
 * What became of a request: there is a suggestion; the model had nothing to say; nothing of what it said was worth
 * suggesting; a newer request took its place; the model was not made for it; its state cannot be cut back at a key; another
 * model has the place of this one; the memory was given back, and is not taken again for a key.
 */
export const COMPLETION_OUTCOMES = [
  'suggested',
  'silent',
  'discarded',
  'superseded',
  'no-infill',
  'no-rewind',
  'other-model',
  'freed',
] as const;
export type CompletionOutcome = (typeof COMPLETION_OUTCOMES)[number];

export const CompletionResultSchema = v.object({
  outcome: v.picklist(COMPLETION_OUTCOMES),
  /** Goes behind the cursor; empty unless something is suggested. */
  text: v.string(),
  /** What may go there instead, for who asked with a key. */
  alternatives: v.array(v.string()),
  /** Of a request that reached the model. */
  stats: v.optional(
    v.object({
      /** Tokens of the prompt that were in the cache, and those that were not but are now. */
      reused: v.number(),
      evaluated: v.number(),
      generated: v.number(),
      /** Whether only what was typed had changed since the last request. */
      frameKept: v.boolean(),
      /** From the request's arrival to its first token, and to its end. */
      firstTokenMs: v.number(),
      totalMs: v.number(),
    }),
  ),
});
export type CompletionResult = Readonly<v.InferOutput<typeof CompletionResultSchema>>;

/** A passage from another place, shown to the model before the text at the cursor. */
export const PassageSchema = v.object({
  path: v.string(),
  text: v.string(),
});
export type Passage = Readonly<v.InferOutput<typeof PassageSchema>>;

/** A request whose answer no conversation remembers. */
export const GenerateParamsSchema = v.object({
  /** Names it in its events; new for every request. */
  id: v.string(),
  prompt: v.variant('kind', [
    /** A command's: the model knows the conversation in the lane `beside`, and only how it begins in the other. */
    v.object({ kind: v.literal('message'), address: AddressSchema, message: v.pipe(v.string(), v.minLength(1)), lane: v.picklist(LANES) }),
    /** Somebody else's, who brings along all that the model is to know. */
    v.object({
      kind: v.literal('messages'),
      messages: v.pipe(v.array(ChatMessageSchema), v.minLength(1)),
      tools: v.array(ToolSchema),
      /** Whether the answer has to be the call of a tool. */
      mustCall: v.boolean(),
    }),
  ]),
  settings: EngineSettingsSchema,
  /** Tokens that the context of requests is to hold. */
  requestWindow: v.pipe(v.number(), v.integer(), v.minValue(256)),
});
export type GenerateParams = Readonly<v.InferOutput<typeof GenerateParamsSchema>>;

export const GenerateResultSchema = v.object({
  /** All that was written; calls of tools are not in it. */
  text: v.string(),
  calls: v.array(ToolCallSchema),
  finish: v.picklist(FINISH_REASONS),
  lane: v.picklist(LANES),
  /** Why it is another lane than was asked for, if it is. */
  change: v.optional(v.picklist(LANE_CHANGES)),
  /** Tokens that the context of requests holds, if it was used: fewer than were wished where the memory allows no more. */
  window: v.optional(v.number()),
  stats: RequestStatsSchema,
});
export type GenerateResult = Readonly<v.InferOutput<typeof GenerateResultSchema>>;

export const ConversationSnapshotSchema = v.object({
  turns: v.array(TurnSchema),
  /** Whether turns older than the first of `turns` exist. */
  hasEarlier: v.boolean(),
  status: StatusSchema,
  /** What the user should know of how the conversation was opened, if anything: that its file was damaged, say. */
  notice: v.optional(ErrorReportSchema),
});
export type ConversationSnapshot = Readonly<v.InferOutput<typeof ConversationSnapshotSchema>>;

/** One place in the transcript where a text was found. */
export const SearchHitSchema = v.object({
  turnId: v.number(),
  createdAt: v.number(),
  role: v.picklist(['message', 'answer']),
  /** The text around the match. */
  excerpt: v.string(),
  /** What matches within the excerpt, in UTF-16 units: ascending, without overlaps, the end not included. */
  ranges: v.array(v.object({ start: v.number(), end: v.number() })),
});
export type SearchHit = Readonly<v.InferOutput<typeof SearchHitSchema>>;

/**
 * How it stands with the packages that the library needs to run on CUDA: there are none for this platform; there are, but not here, or
 * only those of another version of the library were, before an update; they were downloaded by Endless; they came with the library.
 */
export const CUDA_KINDS = ['none', 'absent', 'outdated', 'downloaded', 'installed'] as const;

export const CudaStateSchema = v.object({
  kind: v.picklist(CUDA_KINDS),
  /** Where they are downloaded to; empty where there are none. */
  folder: v.string(),
  downloadBytes: v.number(),
  unpackedBytes: v.number(),
});
export type CudaState = Readonly<v.InferOutput<typeof CudaStateSchema>>;

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
