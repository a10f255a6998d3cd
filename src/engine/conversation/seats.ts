import type { EngineSettings } from '../../shared/protocol.ts';
import { openChat, type LoadedModel } from '../model/loaded-model.ts';
import type { ShiftCandidate } from '../model/shift-trial.ts';
import { hasRoomForContext } from '../model/spare-memory.ts';
import type { Weights } from '../model/weights.ts';
import type { ChatSlotOptions } from './chat-slot.ts';
import type { Seat } from './seat.ts';

/** What the seats were opened with. */
interface Opened {
  readonly wish: string;
  /** Opens one more chat context on the same model, if the memory has room for it. */
  readonly another: () => Promise<LoadedModel | undefined>;
}

/** The chat contexts of one model. All their conversations are warm; one that comes in addition takes the place of the coldest. */
export class Seats {
  readonly #options: ChatSlotOptions;
  /** The one used longest ago comes first. */
  #seats: readonly Seat[] = [];
  #opened: Opened | undefined;

  constructor(options: ChatSlotOptions) {
    this.#options = options;
  }

  /** The model; every seat has the same. */
  get loaded(): LoadedModel | undefined {
    return this.#seats[0]?.loaded;
  }

  /** Where a conversation is. */
  of(conversationId: string): Seat | undefined {
    return this.#seats.find(({ resident }) => resident?.occupant.conversationId === conversationId);
  }

  /** Whether a conversation can come in without another one leaving, be it for the sake of another model. */
  async havePlaceFor(conversationId: string, settings: EngineSettings): Promise<boolean> {
    if (this.#seats.length === 0) return true;
    return this.#opened?.wish === wishOf(settings) && (await this.#placeFor(conversationId)) !== undefined;
  }

  /**
   * Loads the model that is wished with one seat, unless it is there.
   *
   * @param onOpen is called when it stands, before anybody else may want another model.
   */
  async load(
    settings: EngineSettings,
    onLoading: (fraction: number) => void,
    signal: AbortSignal,
    onOpen: () => void,
  ): Promise<LoadedModel> {
    const wish = wishOf(settings);
    if (this.loaded && this.#opened?.wish === wish) {
      onOpen();
      return this.loaded;
    }
    await this.close();
    onLoading(0);
    const { model, log, trials } = this.#options;
    const confirmShift = (candidate: ShiftCandidate): Promise<boolean> => trials.confirm(candidate, signal);
    const options = { log, onProgress: onLoading, signal, confirmShift };
    return model.open(settings, options, async (weights) => {
      const loaded = await openChat(weights, settings.window);
      this.#seats = [{ loaded, resident: undefined }];
      this.#opened = { wish, another: () => this.#openBeside(weights, loaded, settings.window) };
      onOpen();
      return loaded;
    });
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
    if (!(await hasRoomForContext(weights, window + weights.reserve))) return undefined;
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

/** What makes the contexts of two settings the same. */
function wishOf({ modelPath, window, gpu, threads }: EngineSettings): string {
  return JSON.stringify({ modelPath, window, gpu, threads });
}

async function saved({ resident, loaded }: Seat): Promise<void> {
  await resident?.occupant.save(resident.dialogue, loaded, resident.systemPrompt);
}
