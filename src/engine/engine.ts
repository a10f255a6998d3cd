import type { ClientConnection } from '../link/rpc.ts';
import { EndlessError, type ErrorReport } from '../shared/errors.ts';
import { PROTOCOL_VERSION, type Address, type EngineApi, type EventName, type EventParams } from '../shared/protocol.ts';
import { DEFAULT_SETTINGS, enginePreferences } from '../shared/settings.ts';
import { Completer } from './completion/completer.ts';
import { ChatSlot } from './conversation/chat-slot.ts';
import { Conversation } from './conversation/conversation.ts';
import { CheckpointFiles } from './memory/checkpoint-files.ts';
import { deleteOverdue } from './memory/delete-overdue.ts';
import { Transcript } from './memory/transcript.ts';
import { ShiftTrials, type ShiftCandidate } from './model/shift-trial.ts';
import { inspectModelFile, knowsTools } from './model/model-file.ts';
import { ModelSlot } from './model/model-slot.ts';
import { Lanes } from './requests/lanes.ts';
import { Requester } from './requests/requester.ts';
import { Vocabulary } from './requests/vocabulary.ts';
import type { NativeLog } from './model/native-library.ts';
import { Precedence } from './precedence.ts';

export interface EngineOptions {
  readonly dataDirectory: string;
  /** The program that this engine is, to be started again for trials. */
  readonly entry: string;
  /** Called when a newer client asks this engine to make way. */
  readonly leave: () => void;
}

/** Time between two looks for what is to be deleted, in milliseconds. */
const TIDY_MS = 60 * 60 * 1000;

/** Levels of the native library that stand in the log as errors. */
const SEVERE: ReadonlySet<string> = new Set(['fatal', 'error']);

interface OpenedConversation {
  readonly conversation: Conversation;
  readonly clients: Set<ClientConnection>;
  /** Told to every window that opens it, for as long as this engine lives. */
  readonly notice: ErrorReport | undefined;
}

/** The engine's side of the protocol: which client has which conversation open, and one chat slot for them all. */
export class Engine implements EngineApi<ClientConnection> {
  readonly #options: EngineOptions;
  readonly #conversations = new Map<string, OpenedConversation>();
  readonly #clients = new Set<ClientConnection>();
  readonly #closed = new AbortController();
  readonly #chatModel = new ModelSlot();
  readonly #completionModel = new ModelSlot();
  readonly #slot: ChatSlot;
  readonly #files: CheckpointFiles;
  readonly #completer: Completer;
  readonly #requester: Requester;
  readonly #vocabulary: Vocabulary;
  readonly #lanes: Lanes;
  #preferences = enginePreferences(DEFAULT_SETTINGS);

  constructor(options: EngineOptions) {
    this.#options = options;
    const trials = new ShiftTrials(options.dataDirectory, options.entry);
    const log: NativeLog = (level, message) => this.#log(SEVERE.has(level) ? 'error' : 'warn', message);
    const precedence = new Precedence();
    this.#slot = new ChatSlot({
      model: this.#chatModel,
      log,
      trials,
      precedence,
      mostSeats: () => this.#preferences.residents,
      saveAfterMs: () => this.#preferences.checkpointSeconds * 1000,
    });
    this.#files = new CheckpointFiles(options.dataDirectory);
    const load = { log, confirmShift: (candidate: ShiftCandidate): Promise<boolean> => trials.confirm(candidate) };
    this.#completer = new Completer({ chatModel: this.#chatModel, ownModel: this.#completionModel, precedence, load });
    this.#vocabulary = new Vocabulary(log);
    this.#requester = new Requester({ model: this.#chatModel, precedence, load });
    this.#lanes = new Lanes((address) => this.#opened(address).conversation, this.#requester);
  }

  /** How long the engine is to stay after its last client has gone, in milliseconds. */
  get lingerMs(): number {
    return this.#preferences.lingerSeconds * 1000;
  }

  readonly hello: EngineApi<ClientConnection>['hello'] = ({ protocolVersion }, client) => {
    this.#clients.add(client);
    void client.closed.then(() => this.#clients.delete(client));
    if (protocolVersion > PROTOCOL_VERSION) this.#options.leave();
    return Promise.resolve({ protocolVersion: PROTOCOL_VERSION, pid: process.pid });
  };

  readonly prefer: EngineApi<ClientConnection>['prefer'] = async ({ preferences }) => {
    this.#preferences = preferences;
    await this.#tidied('old checkpoints cannot be removed', () => this.#files.prune(preferences.checkpointBytes));
    return {};
  };

  readonly inspectModel: EngineApi<ClientConnection>['inspectModel'] = async ({ path }) => {
    const { name, architecture, fileBytes, trainedContext, chatTemplate } = await inspectModelFile(path);
    if (chatTemplate === undefined) throw new EndlessError('no-chat-template', { path });
    return { name, architecture, fileBytes, trainedContext, knowsTools: knowsTools(chatTemplate) };
  };

  readonly open: EngineApi<ClientConnection>['open'] = ({ address, turns }, client) => {
    const { conversation, clients, notice } = this.#opened(address);
    clients.add(client);
    void client.closed.then(() => clients.delete(client));
    return Promise.resolve({ ...conversation.snapshot(turns), notice });
  };

  readonly history: EngineApi<ClientConnection>['history'] = ({ address, before, turns }) =>
    Promise.resolve(this.#opened(address).conversation.history(before, turns));

  readonly later: EngineApi<ClientConnection>['later'] = ({ address, after, turns }) =>
    Promise.resolve(this.#opened(address).conversation.later(after, turns));

  readonly size: EngineApi<ClientConnection>['size'] = ({ address }) => Promise.resolve({ turns: this.#opened(address).conversation.size });

  readonly samples: EngineApi<ClientConnection>['samples'] = ({ address, since }) =>
    Promise.resolve({ samples: this.#opened(address).conversation.samples(since) });

  readonly search: EngineApi<ClientConnection>['search'] = ({ address, query, limit }) =>
    Promise.resolve({ hits: this.#opened(address).conversation.search(query, limit) });

  readonly send: EngineApi<ClientConnection>['send'] = ({ address, ...sent }) =>
    Promise.resolve(this.#opened(address).conversation.send(sent));

  readonly stop: EngineApi<ClientConnection>['stop'] = ({ address, turnId }) => {
    this.#opened(address).conversation.stop(turnId);
    return Promise.resolve({});
  };

  readonly forget: EngineApi<ClientConnection>['forget'] = async ({ address, turnId }) => {
    await this.#opened(address).conversation.forget(turnId);
    return {};
  };

  readonly attach: EngineApi<ClientConnection>['attach'] = async ({ address, attachments, settings }) => {
    await this.#opened(address).conversation.attach(attachments, settings);
    return {};
  };

  readonly pin: EngineApi<ClientConnection>['pin'] = async ({ address, turnId, pinned }) => {
    await this.#opened(address).conversation.pin(turnId, pinned);
    return {};
  };

  readonly compact: EngineApi<ClientConnection>['compact'] = async ({ address }) => ({
    evicted: await this.#opened(address).conversation.compact(),
  });

  readonly clear: EngineApi<ClientConnection>['clear'] = async ({ address }) => ({
    turns: await this.#opened(address).conversation.clear(),
  });

  readonly undoClear: EngineApi<ClientConnection>['undoClear'] = async ({ address }) => ({
    turns: await this.#opened(address).conversation.undoClear(),
  });

  readonly deleteCleared: EngineApi<ClientConnection>['deleteCleared'] = async ({ address }) => {
    await this.#opened(address).conversation.deleteCleared();
    return {};
  };

  readonly beginSection: EngineApi<ClientConnection>['beginSection'] = async ({ address }) => ({
    section: await this.#opened(address).conversation.beginSection(),
  });

  readonly generate: EngineApi<ClientConnection>['generate'] = (params, client, signal) => this.#lanes.generate(params, client, signal);

  readonly countTokens: EngineApi<ClientConnection>['countTokens'] = async ({ text, settings }) => ({
    tokens: await this.#vocabulary.countTokens(text, settings),
  });

  readonly complete: EngineApi<ClientConnection>['complete'] = ({ place, settings, ahead }, client, signal) =>
    this.#completer.complete({ place, settings, ahead, owner: client }, signal);

  readonly passages: EngineApi<ClientConnection>['passages'] = ({ passages }, client) => {
    this.#completer.show(client, passages);
    return Promise.resolve({});
  };

  /** Removes what former engines left of checkpoints, and begins to delete what was cleared. Only for the one that has the folder. */
  async begin(): Promise<void> {
    this.#tidy();
    await this.#tidied('former checkpoints cannot be removed', () => this.#files.removePartial());
  }

  /** Deletes what was cleared and can no longer be brought back, in every conversation, now and every hour. */
  #tidy(): void {
    const tidied = deleteOverdue(this.#options.dataDirectory, {
      signal: this.#closed.signal,
      open: (conversationId) => this.#opened({ conversationId }).conversation,
      onError: (error) => this.#log('error', `deleting what was cleared: ${String(error)}`),
    });
    void tidied.then(() => setTimeout(() => this.#tidy(), TIDY_MS).unref());
  }

  /** Ends what runs, keeps what was written, and frees the models. */
  async close(): Promise<void> {
    this.#closed.abort();
    this.#completer.close();
    this.#lanes.close();
    this.#requester.close();
    for (const { conversation } of this.#conversations.values()) conversation.shutDown();
    await this.#slot.exclusively(() => this.#chatModel.unload());
    await this.#completionModel.unload();
    await this.#vocabulary.close();
    for (const { conversation } of this.#conversations.values()) conversation.close();
  }

  #opened(address: Address): OpenedConversation {
    const { conversationId } = address;
    const known = this.#conversations.get(conversationId);
    if (known) return known;
    const transcript = Transcript.open(this.#options.dataDirectory, conversationId);
    const notice = damageOf(transcript);
    if (notice) this.#log('error', `damaged transcript kept as ${String(notice.args['path'])}`);
    const clients = new Set<ClientConnection>();
    const broadcast = <N extends EventName>(name: N, params: EventParams<N>): void => {
      for (const client of clients) client.notify(name, params);
    };
    const mostCheckpointBytes = (): number => this.#preferences.checkpointBytes;
    const parts = { address, transcript, files: this.#files, slot: this.#slot, broadcast, mostCheckpointBytes };
    const opened = { conversation: new Conversation(parts), clients, notice };
    this.#conversations.set(conversationId, opened);
    return opened;
  }

  /** Disorder keeps nobody from work. */
  async #tidied(problem: string, work: () => Promise<void>): Promise<void> {
    await work().catch((error: unknown) => this.#log('warn', `${problem}: ${String(error)}`));
  }

  #log(level: EventParams<'log'>['level'], message: string): void {
    process.stderr.write(`${new Date().toISOString()} ${level} ${message}\n`);
    for (const client of this.#clients) client.notify('log', { level, message });
  }
}

function damageOf({ setAside }: Transcript): ErrorReport | undefined {
  return setAside === undefined ? undefined : { code: 'transcript-damaged', args: { path: setAside } };
}
