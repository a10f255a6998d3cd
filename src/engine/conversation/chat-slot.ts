import { openChat, type LoadedModel } from '../model/loaded-model.ts';
import type { ModelSlot } from '../model/model-slot.ts';
import type { NativeLog } from '../model/native-library.ts';
import type { ShiftCandidate, ShiftTrials } from '../model/shift-trial.ts';
import { EndlessError } from '../../shared/errors.ts';
import type { EngineSettings } from '../../shared/protocol.ts';
import type { CacheListener } from '../cache/kv-cache.ts';
import type { Precedence } from '../precedence.ts';
import { Queue } from '../queue.ts';
import type { Dialogue } from './dialogue.ts';
import { openDialogue } from './open-dialogue.ts';

export interface SlotListener extends CacheListener {
  readonly onLoading: (fraction: number) => void;
  /** The conversation is no longer in the cache: another one is, or the model has gone. Must not throw. */
  readonly onLeave: () => void;
}

/** What a conversation enters for, and who is told meanwhile. */
export interface Entry {
  readonly listener: SlotListener;
  readonly signal: AbortSignal;
  /** Whether something is going to be appended; instructions that have changed are told the model only then. */
  readonly isForTurn: boolean;
}

/** A dialogue that lives in the chat context. */
export interface Residence {
  readonly dialogue: Dialogue;
  readonly loaded: LoadedModel;
  /** Whether it was just begun, with nothing but the system prompt in the cache. */
  readonly fresh: boolean;
}

interface Resident {
  readonly conversationId: string;
  readonly systemPrompt: string;
  readonly dialogue: Dialogue;
  readonly onLeave: () => void;
}

/**
 * The one chat context of the engine. It holds the cache of one conversation at a time, the resident; others wait
 * their turn, first come, first served.
 */
export class ChatSlot {
  readonly #model: ModelSlot;
  readonly #log: NativeLog;
  readonly #trials: ShiftTrials;
  readonly #precedence: Precedence;
  #loaded: LoadedModel | undefined;
  #loadedWith = '';
  #resident: Resident | undefined;
  /** The end of the work that has the slot, and the same once it has the model, too. */
  #ended: Promise<void> = Promise.resolve();
  #decoding: Promise<void> = Promise.resolve();
  readonly #queue = new Queue();

  constructor(model: ModelSlot, log: NativeLog, trials: ShiftTrials, precedence: Precedence) {
    this.#model = model;
    this.#log = log;
    this.#trials = trials;
    this.#precedence = precedence;
    model.register({
      isStanding: () => this.#loaded !== undefined,
      // Whoever wants another model waits for the answer that runs on this one.
      leave: async () => {
        await this.#decoding;
        this.#leave();
      },
    });
  }

  /** Runs `work` when all that came before is done. */
  exclusively<T>(work: () => Promise<T>): Promise<T> {
    return this.#queue.run(() => this.#only(work));
  }

  /** The same, but whoever does not wait any more when its turn has not come yet is given `instead` at once. */
  exclusivelyUnless<T>(signal: AbortSignal, work: () => Promise<T>, instead: () => T): Promise<T> {
    return this.#queue.runUnless(signal, () => this.#only(work), instead);
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

  /**
   * Makes the conversation the resident, loading the model if it is not the one that is wished. Only within
   * `exclusively`.
   */
  async enter(conversationId: string, settings: EngineSettings, { listener, signal, isForTurn }: Entry): Promise<Residence> {
    const loaded = await this.load(settings, listener.onLoading, signal);
    const { systemPrompt, instructions } = settings;
    const resident = this.#resident;
    const isResident = resident?.conversationId === conversationId && resident.systemPrompt === systemPrompt;
    const dialogue = isResident ? resident.dialogue : await this.#begin(conversationId, systemPrompt, loaded, listener, signal);
    // What is asked beside a conversation changes nothing in it.
    const isCut = (isForTurn || !isResident) && (await this.#instruct(dialogue, instructions, isResident, signal));
    if (isCut) this.#log('warn', 'the instructions of the workspace are longer than a quarter of the window: their end is left out\n');
    return { dialogue, loaded, fresh: !isResident };
  }

  /** Stopping this leaves the conversation as it is, without instructions until its next message. */
  async #instruct(dialogue: Dialogue, instructions: string, isResident: boolean, signal: AbortSignal): Promise<boolean> {
    try {
      return await dialogue.instruct(instructions, signal);
    } catch (error) {
      if (!signal.aborted || !isResident || error instanceof EndlessError) throw error;
      return false;
    }
  }

  async #begin(
    conversationId: string,
    systemPrompt: string,
    loaded: LoadedModel,
    listener: SlotListener,
    signal: AbortSignal,
  ): Promise<Dialogue> {
    this.evacuate();
    const { giveWay, isRecent: isHurried } = this.#precedence;
    const dialogue = await openDialogue(loaded, systemPrompt, { listener, signal, giveWay, isHurried });
    this.#resident = { conversationId, systemPrompt, dialogue, onLeave: listener.onLeave };
    return dialogue;
  }

  /** The conversation's dialogue, if it is the resident. */
  resident(conversationId: string): Dialogue | undefined {
    return this.#resident?.conversationId === conversationId ? this.#resident.dialogue : undefined;
  }

  /** Whether another conversation is the resident. */
  isTakenFrom(conversationId: string): boolean {
    return this.#resident !== undefined && this.#resident.conversationId !== conversationId;
  }

  /** Forgets what is in the cache, for when it may no longer agree with the native one. */
  evacuate(): void {
    const former = this.#resident;
    this.#resident = undefined;
    former?.onLeave();
  }

  get loaded(): LoadedModel | undefined {
    return this.#loaded;
  }

  /** Loads the model that is wished, unless it is there. Only within `exclusively`. */
  async load(settings: EngineSettings, onLoading: SlotListener['onLoading'], signal: AbortSignal): Promise<LoadedModel> {
    const { modelPath, window, gpu, threads } = settings;
    const wish = JSON.stringify({ modelPath, window, gpu, threads });
    if (this.#loaded && this.#loadedWith === wish) {
      this.#decoding = this.#ended;
      return this.#loaded;
    }
    this.#leave();
    onLoading(0);
    const options = {
      log: this.#log,
      onProgress: onLoading,
      signal,
      confirmShift: (candidate: ShiftCandidate): Promise<boolean> => this.#trials.confirm(candidate, signal),
    };
    // Known before the model may go again: whoever loads another one asks who stands on this.
    return this.#model.open(settings, options, async (weights) => {
      this.#loadedWith = wish;
      this.#loaded = await openChat(weights, window);
      this.#decoding = this.#ended;
      return this.#loaded;
    });
  }

  #leave(): void {
    this.#loaded = undefined;
    this.evacuate();
  }
}
