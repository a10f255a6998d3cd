import type { ClientConnection } from '../link/rpc.ts';
import type { ErrorReport } from '../shared/errors.ts';
import type { Address } from '../shared/protocol/address.ts';
import type { ContextFacts } from '../shared/protocol/model-facts.ts';
import { PROTOCOL_VERSION, type EngineApi, type EventName, type EventParams } from '../shared/protocol/protocol.ts';
import { isServerAddress } from '../shared/server-address.ts';
import { DEFAULT_SETTINGS, enginePreferences } from '../shared/settings.ts';
import { Completer } from './completion/completer.ts';
import { Completions } from './completion/completions.ts';
import { ServerCompleter } from './completion/server-completer.ts';
import { nothing } from './completion/suggestion.ts';
import { ChatSlot } from './conversation/chat-slot.ts';
import { Conversation } from './conversation/conversation.ts';
import { lookAtMachine } from './catalogue/machine.ts';
import { rankCatalogue } from './catalogue/ranking.ts';
import { CudaBackEnd } from './cuda/cuda-back-end.ts';
import { cudaRelease } from './cuda/cuda-release.ts';
import { resolvedFile } from './cuda/resolve-cuda.ts';
import { Downloads } from './downloads/downloads.ts';
import { findLocalModels } from './stores/local-models.ts';
import { CheckpointFiles } from './memory/checkpoint-files.ts';
import { deleteOverdue } from './memory/delete-overdue.ts';
import { Transcript } from './memory/transcript.ts';
import { LoadAttempts } from './model/load-attempts.ts';
import { ShiftTrials, type ShiftCandidate } from './model/shift-trial.ts';
import { fingerprintOf, inspectChatModel, inspectModelFile, knowsTools } from './model/model-file.ts';
import { ModelSlot } from './model/model-slot.ts';
import { inspectServer } from './model/remote/served-model.ts';
import { ServerAccess } from './model/remote/server-access.ts';
import { ServerClient } from './model/remote/server-client.ts';
import { listModels } from './model/remote/server-probe.ts';
import { estimateTokens } from './model/remote/token-estimate.ts';
import { Lanes } from './requests/lanes.ts';
import { Requester } from './requests/requester.ts';
import { Vocabulary } from './requests/vocabulary.ts';
import { libraryVersion, type NativeLog } from './model/native-library.ts';
import { Freeing } from './freeing.ts';
import { runsOnBattery } from './power.ts';
import { Precedence } from './precedence.ts';

export interface EngineOptions {
  readonly dataDirectory: string;
  /** The program that this engine is, to be started again for trials. */
  readonly entry: string;
  /** Called when this engine is to end: a newer client asks it to make way, or a user wants another one. */
  readonly leave: () => void;
  /** Ends the process at once, as a crash does: the windows start another one, which restores the conversations. */
  readonly crash: () => void;
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
  readonly #access = new ServerAccess();
  readonly #slot: ChatSlot;
  readonly #files: CheckpointFiles;
  readonly #attempts: LoadAttempts;
  readonly #completions: Completions;
  readonly #requester: Requester;
  readonly #vocabulary: Vocabulary;
  readonly #lanes: Lanes;
  readonly #freeing: Freeing;
  readonly #downloads: Downloads;
  readonly #cuda: CudaBackEnd;
  #preferences = enginePreferences(DEFAULT_SETTINGS);
  /** Whether it ends when what is being answered has been. */
  #isLeaving = false;

  constructor(options: EngineOptions) {
    this.#options = options;
    const trials = new ShiftTrials(options.dataDirectory, options.entry);
    const log: NativeLog = (level, message) => this.#log(SEVERE.has(level) ? 'error' : 'warn', message);
    const precedence = new Precedence();
    const attempts = (this.#attempts = new LoadAttempts(options.dataDirectory, log));
    const onContexts = (): void => {
      this.#freeing.watch();
      this.#tellStatus();
    };
    const onDeviceLost = (error: unknown): void => {
      this.#log('error', `the GPU does not decode any more, the engine ends: ${String(error)}`);
      options.crash();
    };
    this.#slot = new ChatSlot({
      model: this.#chatModel,
      log,
      trials,
      attempts,
      precedence,
      contexts: () => this.#contexts().filter(({ role }) => role !== 'chat'),
      onContexts,
      onDeviceLost,
      freed: () => this.#freeing.freed,
      cuda: () => this.#cuda.remedy,
      access: this.#access,
      mostSeats: () => this.#preferences.residents,
      saveAfterMs: () => this.#preferences.checkpointSeconds * 1000,
    });
    this.#files = new CheckpointFiles(options.dataDirectory);
    const load = {
      log,
      confirmShift: (candidate: ShiftCandidate): Promise<boolean> => trials.confirm(candidate),
      attempts,
      onContexts,
      onDeviceLost,
    };
    const completer = new Completer({ chatModel: this.#chatModel, ownModel: this.#completionModel, precedence, load });
    this.#completions = new Completions(completer, new ServerCompleter(this.#access));
    this.#vocabulary = new Vocabulary(log);
    this.#requester = new Requester({ model: this.#chatModel, precedence, load, access: this.#access });
    this.#freeing = new Freeing({
      models: [this.#chatModel, this.#completionModel],
      unload: (isStillDue) => this.#unload(isStillDue),
      preferences: () => this.#preferences,
      runsOnBattery,
      onChange: () => this.#tellStatus(),
      onError: (error) => this.#log('warn', `the models cannot be freed: ${String(error)}`),
    });
    this.#lanes = new Lanes((address) => this.#opened(address).conversation, this.#requester);
    this.#downloads = new Downloads({
      dataDirectory: options.dataDirectory,
      broadcast: (downloads) => this.#tellAll('downloads', { downloads: [...downloads] }),
      log: (message) => this.#log('warn', message),
    });
    this.#cuda = new CudaBackEnd({
      dataDirectory: options.dataDirectory,
      release: cudaRelease(),
      resolve: resolvedFile,
      log: (message) => this.#log('warn', message),
    });
  }

  /** How long the engine is to stay after its last client has gone, in milliseconds. */
  get lingerMs(): number {
    return this.#preferences.lingerSeconds * 1000;
  }

  readonly hello: EngineApi<ClientConnection>['hello'] = ({ protocolVersion }, client) => {
    this.#clients.add(client);
    void client.closed.then(() => this.#clients.delete(client));
    if (protocolVersion > PROTOCOL_VERSION) this.#options.leave();
    if (this.#isLeaving) client.notify('leaving', {});
    return Promise.resolve({ protocolVersion: PROTOCOL_VERSION, pid: process.pid });
  };

  readonly prefer: EngineApi<ClientConnection>['prefer'] = async ({ preferences }) => {
    this.#preferences = preferences;
    this.#freeing.watch();
    await this.#tidied('old checkpoints cannot be removed', () => this.#files.prune(preferences.checkpointBytes));
    return {};
  };

  readonly diagnostics: EngineApi<ClientConnection>['diagnostics'] = async () => ({
    node: process.versions.node,
    electron: process.versions['electron'],
    library: await libraryVersion(),
    uptimeSeconds: process.uptime(),
    processBytes: process.memoryUsage.rss(),
    clients: this.#clients.size,
    conversations: this.#conversations.size,
    contexts: this.#contexts().map(({ role }) => role),
    cuda: this.#cuda.state.kind,
  });

  readonly restart: EngineApi<ClientConnection>['restart'] = async () => {
    this.#isLeaving = true;
    this.#tellAll('leaving', {});
    try {
      await this.#freeing.free();
    } finally {
      // The answer goes first.
      setImmediate(this.#options.leave);
    }
    return {};
  };

  readonly cuda: EngineApi<ClientConnection>['cuda'] = () => Promise.resolve(this.#cuda.state);

  readonly downloadCuda: EngineApi<ClientConnection>['downloadCuda'] = async (_params, _client, signal) => {
    await this.#cuda.download(signal);
    this.#tellStatus();
    return {};
  };

  readonly deleteCuda: EngineApi<ClientConnection>['deleteCuda'] = async () => {
    await this.#cuda.delete();
    this.#tellStatus();
    return {};
  };

  readonly free: EngineApi<ClientConnection>['free'] = async () => {
    await this.#freeing.free();
    return {};
  };

  readonly inspectModel: EngineApi<ClientConnection>['inspectModel'] = async ({ path, purpose, isChosen }, _client, signal) => {
    if (isServerAddress(path)) return inspectServer(path, this.#access, signal);
    const inspected = await (purpose === 'completions' ? inspectModelFile(path) : inspectChatModel(path));
    const { name, architecture, fileBytes, trainedContext, chatTemplate } = inspected;
    if (isChosen === true) this.#attempts.forgive(await fingerprintOf({ path, fileBytes }));
    return { name, architecture, fileBytes, trainedContext, knowsTools: chatTemplate !== undefined && knowsTools(chatTemplate) };
  };

  readonly switchModel: EngineApi<ClientConnection>['switchModel'] = async ({ address, settings }, _client, signal) => {
    await this.#opened(address).conversation.switchModel(settings, signal);
    return {};
  };

  readonly allowServer: EngineApi<ClientConnection>['allowServer'] = ({ origin, ...access }) => {
    this.#access.set(origin, access);
    this.#completions.serverAllowed();
    return Promise.resolve({});
  };

  readonly listServerModels: EngineApi<ClientConnection>['listServerModels'] = async ({ base }, _client, signal) => {
    const models = await listModels(new ServerClient(base, this.#access), signal);
    return { models: models.map(({ id }) => id) };
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

  readonly send: EngineApi<ClientConnection>['send'] = ({ address, ...sent }) => {
    this.#freeing.wake();
    return Promise.resolve(this.#opened(address).conversation.send(sent));
  };

  readonly stop: EngineApi<ClientConnection>['stop'] = ({ address, turnId }) => {
    this.#opened(address).conversation.stop(turnId);
    return Promise.resolve({});
  };

  readonly forget: EngineApi<ClientConnection>['forget'] = async ({ address, turnId }) => {
    await this.#opened(address).conversation.forget(turnId);
    return {};
  };

  readonly attach: EngineApi<ClientConnection>['attach'] = async ({ address, attachments, settings }) => {
    // What may never be sent does not take the memory again.
    if (!this.#freeing.holdsBack) await this.#opened(address).conversation.attach(attachments, settings);
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

  readonly generate: EngineApi<ClientConnection>['generate'] = (params, client, signal) => {
    this.#freeing.wake();
    return this.#lanes.generate(params, client, signal);
  };

  readonly countTokens: EngineApi<ClientConnection>['countTokens'] = async ({ text, settings }) => ({
    // What has not been sent yet stays on this machine.
    tokens: isServerAddress(settings.modelPath) ? estimateTokens(text) : await this.#vocabulary.countTokens(text, settings),
  });

  readonly complete: EngineApi<ClientConnection>['complete'] = async ({ place, settings, ahead }, client, signal) => {
    if (place.explicit) this.#freeing.wake();
    if (this.#freeing.holdsBack && !isServerAddress(settings.modelPath)) return nothing('freed');
    return this.#completions.complete({ place, settings, ahead, owner: client }, signal);
  };

  readonly passages: EngineApi<ClientConnection>['passages'] = ({ passages }, client) => {
    this.#completions.show(client, passages);
    return Promise.resolve({});
  };

  readonly rankModels: EngineApi<ClientConnection>['rankModels'] = async ({ settings }) => {
    const machine = await lookAtMachine(settings, (level, message) => this.#log(SEVERE.has(level) ? 'error' : 'warn', message));
    return { machine, models: [...(await rankCatalogue(machine, settings.window))] };
  };

  readonly localModels: EngineApi<ClientConnection>['localModels'] = async ({ folders }) => ({
    models: [...(await this.#downloads.models()), ...(await findLocalModels(folders))],
  });

  readonly deleteModel: EngineApi<ClientConnection>['deleteModel'] = async ({ uri }) => {
    await this.#downloads.deleteModel(uri);
    return {};
  };

  readonly downloads: EngineApi<ClientConnection>['downloads'] = async () => ({ downloads: [...(await this.#downloads.list())] });

  readonly startDownload: EngineApi<ClientConnection>['startDownload'] = async (order, client) => {
    await this.#downloads.start(order, client);
    return {};
  };

  readonly takeDownload: EngineApi<ClientConnection>['takeDownload'] = async ({ uri }, client) => ({
    isYours: await this.#downloads.take(uri, client),
  });

  readonly endDownload: EngineApi<ClientConnection>['endDownload'] = async ({ uri, deletes }) => {
    await this.#downloads.end(uri, deletes);
    return {};
  };

  /**
   * Removes what former engines left of checkpoints and downloads, and begins to delete what was cleared. Only for the one that has the
   * folder.
   */
  async begin(): Promise<void> {
    this.#tidy();
    void this.#tidied('what is left of a former CUDA back end cannot be removed', () => this.#cuda.begin());
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
    this.#freeing.close();
    this.#completions.close();
    this.#lanes.close();
    this.#requester.close();
    await this.#downloads.close();
    await this.#cuda.close();
    for (const { conversation } of this.#conversations.values()) conversation.shutDown();
    await this.#slot.exclusively(() => this.#chatModel.unload());
    await this.#completionModel.unload();
    await this.#vocabulary.close();
    for (const { conversation } of this.#conversations.values()) conversation.close();
  }

  /** Unloads every model when what is being answered has been. */
  #unload(isStillDue: () => boolean): Promise<boolean> {
    const unload = async (): Promise<boolean> => {
      if (!isStillDue()) return false;
      const wasThere = [await this.#chatModel.unload(), await this.#completionModel.unload()];
      return wasThere.includes(true);
    };
    return this.#requester.exclusively(() => this.#slot.next(unload));
  }

  /** Every context that stands. */
  #contexts(): readonly ContextFacts[] {
    return [...this.#chatModel.contexts, ...this.#completionModel.contexts];
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

  /** Every window hears of what is the engine's own. */
  #tellStatus(): void {
    for (const { conversation } of this.#conversations.values()) conversation.tellStatus();
  }

  /** Disorder keeps nobody from work. */
  async #tidied(problem: string, work: () => Promise<void>): Promise<void> {
    await work().catch((error: unknown) => this.#log('warn', `${problem}: ${String(error)}`));
  }

  #log(level: EventParams<'log'>['level'], message: string): void {
    process.stderr.write(`${new Date().toISOString()} ${level} ${message}\n`);
    this.#tellAll('log', { level, message });
  }

  #tellAll<N extends EventName>(name: N, params: EventParams<N>): void {
    for (const client of this.#clients) client.notify(name, params);
  }
}

function damageOf({ setAside }: Transcript): ErrorReport | undefined {
  return setAside === undefined ? undefined : { code: 'transcript-damaged', args: { path: setAside } };
}
