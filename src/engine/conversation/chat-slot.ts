import { EndlessError } from '../../shared/errors.ts';
import type { CudaRemedy } from '../../shared/protocol/cuda.ts';
import type { EngineSettings } from '../../shared/protocol/engine-settings.ts';
import type { ContextFacts } from '../../shared/protocol/model-facts.ts';
import type { Freed } from '../../shared/protocol/status.ts';
import type { ChatModel } from '../model/chat-model.ts';
import type { LoadAttempts } from '../model/load-attempts.ts';
import type { ModelSlot } from '../model/model-slot.ts';
import type { NativeLog } from '../model/native-library.ts';
import type { ServerAccess } from '../model/remote/server-access.ts';
import type { ShiftTrials } from '../model/shift-trial.ts';
import type { Precedence } from '../precedence.ts';
import { Queue, type Wait } from '../queue.ts';
import type { HeldDialogue } from './held-dialogue.ts';
import type { Occupant, Resident, Seat } from './seat.ts';
import { Seats } from './seats.ts';

/** What a conversation enters for. */
export interface Entry {
  /** Turns from this one on are not to be in the cache when it is filled. */
  readonly before: number;
  readonly signal: AbortSignal;
  /** Whether something is going to be appended; instructions that have changed are told the model only then. */
  readonly isForTurn: boolean;
}

export interface ChatSlotOptions {
  readonly model: ModelSlot;
  readonly log: NativeLog;
  readonly trials: ShiftTrials;
  readonly attempts?: LoadAttempts;
  readonly precedence: Precedence;
  /** The contexts that stand besides that of the chat. */
  readonly contexts: () => readonly ContextFacts[];
  /** Called when other contexts stand on the model than before. */
  readonly onContexts: () => void;
  /** Called when a GPU decodes no more. */
  readonly onDeviceLost: (error: unknown) => void;
  /** Why no model is there, if the memory was given back. */
  readonly freed: () => Freed | undefined;
  /** What would have a model run on CUDA that might and does not. */
  readonly cuda: () => CudaRemedy | undefined;
  /** What servers may be sent. */
  readonly access: ServerAccess;
  /** Conversations that may be in memory at the same time. */
  readonly mostSeats: () => number;
  /** Time without work after which caches are written down, in milliseconds; 0 for never. */
  readonly saveAfterMs: () => number;
}

/**
 * The chat's part of the model. One conversation is answered at a time, first come, first served; its cache stays in memory,
 * and those of a few others, too, as far as there is room. The one that was used longest ago makes way, and is written down before.
 */
export class ChatSlot {
  readonly #options: ChatSlotOptions;
  readonly #seats: Seats;
  /** The end of the work that has the slot, and the same once it has the model, too. */
  #ended: Promise<void> = Promise.resolve();
  #decoding: Promise<void> = Promise.resolve();
  #idle: NodeJS.Timeout | undefined;
  readonly #queue = new Queue();

  constructor(options: ChatSlotOptions) {
    this.#options = options;
    this.#seats = new Seats(options);
    const isStanding = (): boolean => this.#seats.loaded?.kind === 'loaded';
    options.model.register({
      isStanding,
      // Whoever wants another model waits for the answer that runs on this one.
      leave: async () => {
        if (!isStanding()) return;
        await this.#decoding;
        await this.#seats.close();
      },
    });
  }

  /** Runs `work` when all that came before is done. */
  exclusively<T>(work: () => Promise<T>, wait?: Wait): Promise<T> {
    return this.#queue.run(() => this.#thenIdle(work), wait);
  }

  /** Runs `work`, which must be short, when what runs now is done, before all that wait. */
  next<T>(work: () => Promise<T>): Promise<T> {
    return this.#queue.runNext(() => this.#thenIdle(work));
  }

  /** Runs `work` when there is nothing else to do; its signal tells it to make way. */
  idly<T>(work: (madeWay: AbortSignal) => Promise<T>): Promise<T> {
    return this.#queue.runIdly((madeWay) => this.#thenIdle(() => work(madeWay)));
  }

  /** The same as `exclusively`, but whoever does not wait any more when its turn has not come yet is given `instead` at once. */
  exclusivelyUnless<T>(signal: AbortSignal, work: () => Promise<T>, instead: () => T): Promise<T> {
    return this.#queue.runUnless(signal, () => this.#thenIdle(work), instead);
  }

  async #thenIdle<T>(work: () => Promise<T>): Promise<T> {
    clearTimeout(this.#idle);
    try {
      return await this.#only(work);
    } finally {
      this.#saveWhenIdle();
    }
  }

  async #only<T>(work: () => Promise<T>): Promise<T> {
    const ended = Promise.withResolvers<void>();
    this.#ended = ended.promise;
    try {
      return await work();
    } finally {
      ended.resolve();
    }
  }

  /** Brings the conversation into the cache, loading the model if it is not the one that is wished. Only within `exclusively`. */
  async enter(occupant: Occupant, settings: EngineSettings, entry: Entry): Promise<HeldDialogue> {
    await this.load(settings, occupant.onLoading, entry.signal);
    const { systemPrompt, instructions } = settings;
    const seat = await this.#seats.take(occupant.conversationId);
    const isBehind = seat.resident?.occupant === occupant && !(await occupant.follow(seat.resident.dialogue));
    // What is written down of it is no better.
    if (isBehind) this.#seats.free(seat);
    const { resident } = seat;
    const stays = resident?.occupant === occupant && resident.systemPrompt === systemPrompt;
    const { dialogue } = stays ? resident : await this.#arrive(seat, occupant, systemPrompt, entry);
    // What is asked beside a conversation changes nothing in it.
    const isCut = (entry.isForTurn || !stays) && (await this.#instruct(dialogue, instructions, entry.signal));
    if (isCut)
      this.#options.log('warn', 'the instructions of the workspace are longer than a quarter of the window: their end is left out\n');
    return dialogue;
  }

  async #arrive(seat: Seat, occupant: Occupant, systemPrompt: string, { before, signal }: Entry): Promise<Resident> {
    await this.#seats.vacate(seat);
    const { giveWay, isRecent: isHurried } = this.#options.precedence;
    const dialogue = await occupant.arrive({ loaded: seat.loaded, systemPrompt, before, signal, manners: { giveWay, isHurried } });
    return (seat.resident = { occupant, systemPrompt, dialogue });
  }

  /** Stopping this leaves the conversation as it is, without instructions until its next message. */
  async #instruct(dialogue: HeldDialogue, instructions: string, signal: AbortSignal): Promise<boolean> {
    try {
      return await dialogue.instruct(instructions, signal);
    } catch (error) {
      if (!signal.aborted || error instanceof EndlessError) throw error;
      return false;
    }
  }

  /** The conversation's dialogue, if it is in the cache. */
  resident(conversationId: string): HeldDialogue | undefined {
    return this.#seats.of(conversationId)?.resident?.dialogue;
  }

  /** Whether a conversation can come into the cache without another one leaving. Only within `exclusively`. */
  hasPlaceFor(conversationId: string, settings: EngineSettings): Promise<boolean> {
    return this.#seats.havePlaceFor(conversationId, settings);
  }

  /** Takes a conversation out of the cache that may no longer agree with the native one. */
  evacuate(conversationId: string): void {
    const seat = this.#seats.of(conversationId);
    seat?.resident?.occupant.onDistrust();
    if (seat) this.#seats.free(seat);
  }

  get loaded(): ChatModel | undefined {
    return this.#seats.loaded;
  }

  /** The contexts that stand besides that of the chat. */
  get contexts(): readonly ContextFacts[] {
    return this.#options.contexts();
  }

  /** Why no model is there, if the memory was given back. */
  get freed(): Freed | undefined {
    return this.#options.freed();
  }

  /** What would have a model run on CUDA that might and does not. */
  get cuda(): CudaRemedy | undefined {
    return this.#options.cuda();
  }

  /** What the model was loaded for; `undefined` while none is. */
  get settings(): EngineSettings | undefined {
    return this.#seats.settings;
  }

  /** Loads the model that is wished, unless it is there. Only within `exclusively`. */
  async load(settings: EngineSettings, onLoading: Occupant['onLoading'], signal: AbortSignal): Promise<ChatModel> {
    const onOpen = (): void => {
      this.#decoding = this.#ended;
    };
    return this.#seats.load(settings, onLoading, signal, onOpen);
  }

  /** Writes down every cache to which something was done. Only within `exclusively`. */
  save(): Promise<void> {
    // The model stays until they are written.
    this.#decoding = this.#ended;
    return this.#seats.save();
  }

  #saveWhenIdle(): void {
    const ms = this.#options.saveAfterMs();
    clearTimeout(this.#idle);
    const save = (): void => void this.#queue.run(() => this.#only(() => this.save()));
    if (ms > 0) this.#idle = setTimeout(save, ms).unref();
  }
}
