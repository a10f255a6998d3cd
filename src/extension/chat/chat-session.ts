import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { hasGone, type EngineConnection } from '../../link/rpc.ts';
import type { Attachment } from '../../shared/attachments.ts';
import { EndlessError, type ErrorReport } from '../../shared/errors.ts';
import type { Address } from '../../shared/protocol/address.ts';
import type { EngineSettings } from '../../shared/protocol/engine-settings.ts';
import type { RequestParams } from '../../shared/protocol/protocol.ts';
import type { Status } from '../../shared/protocol/status.ts';
import type { Turn } from '../../shared/protocol/turn.ts';
import { modelTitle } from '../../shared/server-address.ts';
import type { Connection, HostMessage } from '../../shared/view-messages.ts';
import type { EngineClient } from '../engine/engine-client.ts';
import { HistorySearch } from '../history/history-search.ts';
import { History } from '../history/history.ts';
import { ConversationMirror } from './conversation-mirror.ts';
import { Errands } from './errands.ts';

interface SessionEvents {
  /** Something to tell the view. */
  message: [HostMessage];
  /** A failure that no message of the view's stands for. */
  failure: [ErrorReport];
  /** What was attached to a message that comes back into the draft. */
  returned: [readonly Attachment[]];
}

export interface SettingsSource {
  /** Those of the moment; each message is answered by those it was sent with. */
  readonly settings: () => EngineSettings;
  /** Settles when nothing of them is still being read: a message waits for it. */
  readonly settled: () => Promise<void>;
}

/** What a message is sent with: whether it asks for recall, the turn whose place it takes, and what is attached to it. */
type SendOptions = Pick<RequestParams<'send'>, 'asksForRecall' | 'replaces'> & { readonly attachments?: readonly Attachment[] };

/** Owns the state of the window's conversation: views come and go, and each is told the whole of it. */
export class ChatSession extends EventEmitter<SessionEvents> {
  /** The whole of the transcript, which the view shows a part of. */
  readonly history: History;
  readonly #engine: EngineClient;
  readonly #address: Address;
  readonly #source: SettingsSource;
  readonly #mirror: ConversationMirror;
  readonly #errands = new Errands((errand) => this.emit('message', errand));
  readonly #search: HistorySearch;
  #modelError: ErrorReport | undefined;
  #started = false;
  /** Settles when the message before the next one has come into the transcript, or could not. */
  #delivery: Promise<void> = Promise.resolve();

  constructor(engine: EngineClient, conversationId: string, source: SettingsSource) {
    super();
    this.#engine = engine;
    this.#address = { conversationId };
    this.#source = source;
    this.history = new History(engine, this.#address);
    this.#search = new HistorySearch(this.history, (found) => this.emit('message', { type: 'found', ...found }));
    this.#mirror = new ConversationMirror(this.#address, (message) => this.emit('message', message));
    engine.onConnection((connection) => this.#attach(connection));
    engine.on('state', () => this.#tellState());
  }

  /** What the engine said last about the cache, the model and its work. */
  get status(): Status | undefined {
    return this.#mirror.snapshot?.status;
  }

  /** Nothing before the first connection. */
  get lastTurn(): Turn | undefined {
    return this.#mirror.snapshot?.turns.at(-1);
  }

  /** A turn of the transcript, wherever in it; undefined when it is not there. @throws what keeps the engine from answering. */
  async turn(turnId: number): Promise<Turn | undefined> {
    const known = this.#mirror.snapshot?.turns.find(({ id }) => id === turnId);
    return known ?? (await this.history.turn(turnId));
  }

  /** How the chat stands with the engine, as the view shows it. */
  get connection(): Connection {
    if (!this.hasModel) return { kind: 'noModel', error: this.#modelError };
    const { state } = this.#engine;
    return state.kind === 'idle' ? { kind: 'connecting' } : state;
  }

  get hasModel(): boolean {
    return this.#source.settings().modelPath !== '';
  }

  /** A view is there: tells it everything, and connects if there is a model to talk to. */
  start(): void {
    this.#started = true;
    this.#tellState();
    this.#errands.giveAgain();
    if (!this.hasModel) return;
    this.#engine.connected().catch(() => undefined); // told by the engine's state
  }

  /**
   * Has the conversation go on with the model that is chosen now, if one is loaded; with none the next message loads it.
   *
   * @param signal nobody waits for it any more.
   * @throws EndlessError why it cannot; the model before is in use then.
   */
  async switchModel(signal: AbortSignal): Promise<void> {
    if (this.#engine.state.kind !== 'ready' || !(this.status?.model ?? this.status?.server)) return;
    await this.#source.settled();
    await this.#engine.request('switchModel', { address: this.#address, settings: this.#source.settings() }, signal);
  }

  /** Another model was chosen, or none could be; `error` says why. */
  modelChanged(error?: ErrorReport): void {
    this.#modelError = error;
    if (this.#started) this.start();
    else this.#tellState();
  }

  /** Brings the message into the transcript, whatever happens to the engine meanwhile, or says why it is not there. */
  async send(key: string, message: string, options: SendOptions = {}): Promise<void> {
    try {
      await this.#deliver(key, message, options);
      this.emit('message', { type: 'accepted', key });
    } catch (error) {
      this.emit('message', { type: 'rejected', key, error: EndlessError.from(error).toReport() });
    }
  }

  /** Ends the answer of a turn, or else the one that is running. */
  async stop(turnId?: number): Promise<void> {
    if (this.#engine.state.kind !== 'ready') return;
    await this.attempt(() => this.#engine.request('stop', { address: this.#address, ...(turnId !== undefined && { turnId }) }));
  }

  /** Keeps a turn in the cache, or no longer; the view is told why where that cannot be. */
  async pin(turnId: number, pinned: boolean): Promise<void> {
    try {
      await this.#engine.requestUntilAnswered('pin', { address: this.#address, turnId, pinned });
    } catch (error) {
      this.emit('message', { type: 'refused', error: EndlessError.from(error).toReport() });
    }
  }

  /**
   * Takes a turn out of the transcript and the cache; the view is told why where that cannot be.
   *
   * @param givesBack whether what is attached to it goes back into the draft.
   */
  async forget(turnId: number, givesBack = false): Promise<void> {
    try {
      const attachments = givesBack ? (await this.turn(turnId))?.attachments : undefined;
      await this.#forget(turnId);
      if (attachments) this.emit('returned', attachments);
    } catch (error) {
      this.emit('message', { type: 'refused', error: EndlessError.from(error).toReport() });
    }
  }

  /** Sends a message that no view has written. One that is not taken goes into the draft, so that it is not lost. */
  async ask(message: string): Promise<void> {
    await this.attempt(async () => {
      try {
        await this.#deliver(randomUUID(), message);
      } catch (error) {
        this.insert(message);
        throw error;
      }
    });
  }

  /** @returns the turn that was taken out of the transcript and the cache; nothing when there is none, or it failed. */
  async forgetLastTurn(): Promise<Turn | undefined> {
    const turn = this.lastTurn;
    return this.attempt(async () => {
      if (turn) await this.#forget(turn.id);
      return turn;
    });
  }

  /** @returns whether there was an engine that could free it; undefined when it failed. */
  async freeGpu(): Promise<boolean | undefined> {
    if (this.#engine.state.kind !== 'ready') return false;
    return this.attempt(async () => {
      await this.#engine.request('free', {});
      return true;
    });
  }

  /** @returns how many tokens have left the cache; undefined when it failed. */
  async compact(): Promise<number | undefined> {
    return this.attempt(async () => (await this.#engine.request('compact', { address: this.#address })).evicted);
  }

  /** The next message begins a new section. Settles when the cache has been compacted for it. */
  async beginSection(): Promise<void> {
    await this.attempt(() => this.#engine.requestUntilAnswered('beginSection', { address: this.#address }));
  }

  /** Puts a text into the draft of the view that is there, or of the next one. */
  insert(text: string): void {
    this.#errands.give({ type: 'insert', key: randomUUID(), text });
  }

  /** Puts the cursor into the draft of the view that is there, or of the next one. */
  focusComposer(): void {
    this.#errands.give({ type: 'focusComposer', key: randomUUID() });
  }

  /** @returns whether the view has something to show: without a model there is not even an engine. */
  async showCache(): Promise<boolean> {
    if (this.hasModel) await this.#engine.connected().catch(() => undefined); // told by the engine's state
    if (!this.status) return false;
    this.#errands.give({ type: 'showCache', key: randomUUID() });
    return true;
  }

  /** The view has done what it was asked for with this key. */
  done(key: string): void {
    this.#errands.done(key);
  }

  /** Tells the view the turns before `before`; when they cannot be had, that they are still to be had. */
  showEarlier(before: number): Promise<void> {
    return this.#showPage(() => this.history.earlier(before), { type: 'earlier', before, turns: [], hasEarlier: true });
  }

  /** Tells the view the turns behind `after`; when they cannot be had, that they are still to be had. */
  showLater(after: number): Promise<void> {
    return this.#showPage(() => this.history.later(after), { type: 'later', after, turns: [], hasLater: true });
  }

  /** Tells the view a turn with those around it. */
  async showAround(turnId: number): Promise<void> {
    await this.attempt(async () => this.emit('message', { type: 'around', turnId, ...(await this.history.around(turnId)) }));
  }

  /** Tells the view what was measured from a time on. */
  async showSamples(since: number): Promise<void> {
    await this.attempt(async () => this.emit('message', { type: 'samples', since, samples: await this.history.samples(since) }));
  }

  /** Opens the search of the view that is there, or of the next one. */
  showSearch(): void {
    this.#errands.give({ type: 'showSearch', key: randomUUID() });
  }

  /** Tells the view where a text stands in the history. Of several queries only the newest is sure to be looked for. */
  search(query: string): Promise<void> {
    return this.#search.ask(query);
  }

  /**
   * Tries something that the user has asked for; what goes wrong is told.
   *
   * @returns its result; undefined when it failed.
   */
  async attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      this.emit('failure', EndlessError.from(error).toReport());
      return undefined;
    }
  }

  dispose(): void {
    this.removeAllListeners();
  }

  async #attach(connection: EngineConnection): Promise<void> {
    const notice = await this.#mirror.attach(connection);
    if (notice) this.emit('failure', notice);
  }

  /** In the order in which they were written: one that takes a turn's place would take those with it that have overtaken it. */
  async #deliver(key: string, message: string, options: SendOptions = {}): Promise<void> {
    const former = this.#delivery;
    const delivery = this.#sent(key, message, options).then(async (params) => {
      await former;
      await this.#engine.requestUntilAnswered('send', params);
    });
    this.#delivery = delivery.catch(() => undefined); // told by whoever waits for it
    await delivery;
  }

  async #sent(key: string, message: string, { asksForRecall = false, replaces, attachments }: SendOptions): Promise<RequestParams<'send'>> {
    if (!this.hasModel) throw new EndlessError('no-model');
    await this.#source.settled();
    const settings = this.#source.settings();
    const shown = replaces === undefined ? attachments : (await this.turn(replaces))?.attachments;
    return {
      address: this.#address,
      key,
      message,
      settings,
      ...(asksForRecall && { asksForRecall }),
      ...(shown && shown.length > 0 && { attachments: [...shown] }),
      ...(replaces !== undefined && { replaces }),
    };
  }

  /** After a crash the transcript says whether the turn had been forgotten already. */
  async #forget(turnId: number): Promise<void> {
    while (await this.turn(turnId)) {
      const connection = await this.#engine.connected();
      try {
        await connection.request('forget', { address: this.#address, turnId });
        return;
      } catch (error) {
        if (!hasGone(error)) throw error;
        await connection.closed;
        await this.#engine.connected();
      }
    }
  }

  #tellState(): void {
    const { modelPath } = this.#source.settings();
    const conversation = this.#mirror.snapshot;
    this.emit('message', {
      type: 'state',
      connection: this.connection,
      ...(conversation && { conversation }),
      ...(modelPath !== '' && { modelName: modelTitle(modelPath) }),
    });
  }

  async #showPage<P extends object>(load: () => Promise<P>, missing: Extract<HostMessage, { type: 'earlier' | 'later' }>): Promise<void> {
    await this.attempt(async () => {
      try {
        this.emit('message', { ...missing, ...(await load()) });
      } catch (error) {
        this.emit('message', missing);
        throw error;
      }
    });
  }
}
