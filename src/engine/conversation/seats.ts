import { EndlessError } from '../../shared/errors.ts';
import type { EngineSettings } from '../../shared/protocol/engine-settings.ts';
import { isServerAddress, modelTitle } from '../../shared/server-address.ts';
import type { ChatModel } from '../model/chat-model.ts';
import { openChat, type LoadedModel } from '../model/loaded-model.ts';
import { inspectChatModel } from '../model/model-file.ts';
import { reachServer, type ServedModel } from '../model/remote/served-model.ts';
import type { ShiftCandidate } from '../model/shift-trial.ts';
import type { Weights } from '../model/weights.ts';
import type { ChatSlotOptions } from './chat-slot.ts';
import type { Seat } from './seat.ts';

/** What the seats were opened with. */
interface Opened {
  readonly settings: EngineSettings;
  /** Opens one more place with the same model, if the memory has room for it. */
  readonly another: () => Promise<ChatModel | undefined>;
}

/** The places with one model. All their conversations are warm; one that comes in addition takes the place of the coldest. */
export class Seats {
  readonly #options: ChatSlotOptions;
  /** The one used longest ago comes first. */
  #seats: readonly Seat[] = [];
  #opened: Opened | undefined;

  constructor(options: ChatSlotOptions) {
    this.#options = options;
  }

  /** The model; every seat has the same. */
  get loaded(): ChatModel | undefined {
    return this.#seats[0]?.loaded;
  }

  /** Where a conversation is. */
  of(conversationId: string): Seat | undefined {
    return this.#seats.find(({ resident }) => resident?.occupant.conversationId === conversationId);
  }

  /** Whether a conversation can come in without another one leaving, be it for the sake of another model. */
  async havePlaceFor(conversationId: string, settings: EngineSettings): Promise<boolean> {
    if (this.#seats.length === 0) return true;
    return this.#isOpenFor(settings) && (await this.#placeFor(conversationId)) !== undefined;
  }

  /** What the model was loaded for; `undefined` while none is. */
  get settings(): EngineSettings | undefined {
    return this.#opened?.settings;
  }

  /**
   * Loads the model that is wished with one seat, or reaches its server, unless it is there. Where that fails the one that was there
   * before is there again, if it can be had.
   *
   * @param onOpen is called when it stands, before anybody else may want another model.
   */
  async load(settings: EngineSettings, onLoading: (fraction: number) => void, signal: AbortSignal, onOpen: () => void): Promise<ChatModel> {
    if (this.loaded && this.#isOpenFor(settings) && !isInDoubt(this.loaded)) {
      onOpen();
      return this.loaded;
    }
    const former = this.settings;
    onLoading(0);
    const served = isServerAddress(settings.modelPath) ? await reachServer(settings, this.#options.access, signal) : undefined;
    // What can be told from the file is no reason for the other model to go.
    if (former && !served) await inspectChatModel(settings.modelPath);
    signal.throwIfAborted();
    await this.close();
    if (served) return this.#sitWith(served, settings, onOpen);
    try {
      return await this.#load(settings, onLoading, signal, onOpen);
    } catch (error) {
      if (!former || !(error instanceof EndlessError)) throw error;
      if (!(await this.#goBack(former, onLoading, signal, onOpen))) throw error;
      throw new EndlessError(error.code, { ...error.args, returnedTo: modelTitle(former.modelPath) }, error.cause);
    }
  }

  /** @returns whether the model that was there is there again. Why not is no answer to what the user has wished. */
  async #goBack(former: EngineSettings, onLoading: (fraction: number) => void, signal: AbortSignal, onOpen: () => void): Promise<boolean> {
    try {
      await this.load(former, onLoading, signal, onOpen);
      return true;
    } catch (error) {
      signal.throwIfAborted();
      this.#options.log('error', `the model that was there cannot be had either: ${String(error)}`);
      return false;
    }
  }

  #isOpenFor(settings: EngineSettings): boolean {
    return this.settings !== undefined && wishOf(this.settings) === wishOf(settings);
  }

  /** While a server answers nobody needs the memory. */
  async #sitWith(served: ServedModel, settings: EngineSettings, onOpen: () => void): Promise<ServedModel> {
    await this.#options.model.unload();
    return this.#become(served, { settings, another: async () => served }, onOpen);
  }

  async #load(
    settings: EngineSettings,
    onLoading: (fraction: number) => void,
    signal: AbortSignal,
    onOpen: () => void,
  ): Promise<LoadedModel> {
    const { model, log, trials, attempts, onContexts, onDeviceLost } = this.#options;
    const confirmShift = (candidate: ShiftCandidate): Promise<boolean> => trials.confirm(candidate, signal);
    const options = { log, onProgress: onLoading, signal, confirmShift, onContexts, onDeviceLost, ...(attempts && { attempts }) };
    return model.open(settings, options, async (weights) => {
      const loaded = await openChat(weights, settings.window);
      return this.#become(loaded, { settings, another: () => this.#openBeside(weights, loaded, settings.window) }, onOpen);
    });
  }

  #become<M extends ChatModel>(loaded: M, opened: Opened, onOpen: () => void): M {
    this.#seats = [{ loaded, resident: undefined }];
    this.#opened = opened;
    onOpen();
    return loaded;
  }

  /** The seat of a conversation, or one that it may have. Only after `load`. */
  async take(conversationId: string): Promise<Seat> {
    const seat = (await this.#placeFor(conversationId)) ?? this.#seats[0];
    if (!seat) throw new Error('no model is loaded');
    this.#seats = [...this.#seats.filter((other) => other !== seat), seat];
    return seat;
  }

  /** Writes down the cache of who has a seat and lets it go. */
  async vacate(seat: Seat): Promise<void> {
    await saved(seat);
    this.free(seat);
  }

  free(seat: Seat): void {
    const former = seat.resident;
    seat.resident = undefined;
    former?.occupant.onLeave();
  }

  async save(): Promise<void> {
    for (const seat of this.#seats) await saved(seat);
  }

  /** Everybody leaves, for the model goes. */
  async close(): Promise<void> {
    const seats = this.#seats;
    // Whoever comes while the caches are written finds no seat, and waits for the next model.
    [this.#seats, this.#opened] = [[], undefined];
    for (const seat of seats) await saved(seat);
    for (const seat of seats) this.free(seat);
  }

  async #placeFor(conversationId: string): Promise<Seat | undefined> {
    return this.of(conversationId) ?? this.#seats.find(({ resident }) => !resident) ?? (await this.#open());
  }

  async #open(): Promise<Seat | undefined> {
    if (this.#seats.length >= this.#options.mostSeats()) return undefined;
    const loaded = await this.#opened?.another();
    if (!loaded) return undefined;
    const seat: Seat = { loaded, resident: undefined };
    this.#seats = [seat, ...this.#seats];
    return seat;
  }

  /** Where the estimate was wrong, and there is no room for as large a context, the others make do with the seats there are. */
  async #openBeside(weights: Weights, first: LoadedModel, window: number): Promise<LoadedModel | undefined> {
    if (!(await weights.contexts.hasRoomBeside(weights.window + weights.reserve))) return undefined;
    try {
      const loaded = await openChat(weights, window);
      if (loaded.context.contextSize === first.context.contextSize) return loaded;
      await loaded.context.dispose();
    } catch (error) {
      this.#options.log('warn', `no further conversation can be kept in memory: ${String(error)}`);
    }
    return undefined;
  }
}

/** Whether it has to be found out anew what it is. */
function isInDoubt(model: ChatModel): boolean {
  return model.kind === 'served' && model.client.isInDoubt;
}

/** What makes the contexts of two settings the same. */
function wishOf({ modelPath, window, gpu, threads, quantizedValues }: EngineSettings): string {
  return JSON.stringify({ modelPath, window, gpu, threads, quantizedValues });
}

async function saved({ resident }: Seat): Promise<void> {
  await resident?.occupant.save();
}
