import { EndlessError } from '../../shared/errors.ts';
import type { EngineSettings } from '../../shared/protocol/engine-settings.ts';
import type { CacheOrigin } from '../../shared/protocol/status.ts';
import type { Eviction } from '../cache/cache-listener.ts';
import type { CheckpointFiles } from '../memory/checkpoint-files.ts';
import type { Transcript } from '../memory/transcript.ts';
import type { ChatSlot, Entry } from './chat-slot.ts';
import type { HeldDialogue } from './held-dialogue.ts';
import type { Publisher } from './publisher.ts';
import { Residency, type ResidencyListener } from './residency.ts';
import type { Arrival, Occupant } from './seat.ts';
import { ServerResidency } from './server-residency.ts';

/** What may have to be done again when the process dies, as a part of the window. */
const MOST_AT_STAKE = 1 / 2;

export interface ConversationCacheOptions {
  readonly conversationId: string;
  readonly transcript: Transcript;
  readonly files: CheckpointFiles;
  readonly slot: ChatSlot;
  readonly publisher: Publisher;
  /** What all checkpoints together may take. */
  readonly mostCheckpointBytes: () => number;
}

const saveNothing = async (): Promise<void> => undefined;

/** A conversation's cache, in the slot or out of it. What becomes of it is written down with the text that goes with it. */
export class ConversationCache {
  readonly #conversationId: string;
  readonly #transcript: Transcript;
  readonly #slot: ChatSlot;
  readonly #publisher: Publisher;
  readonly #residency: Residency;
  readonly #onServer: ServerResidency;
  /** Writes the cache down, where there is one of ours. */
  #save: (mostBytes: number) => Promise<void> = saveNothing;
  #readOrigin: () => CacheOrigin | undefined = () => undefined;
  readonly #occupant: Occupant;
  /** Those that are not written down yet. */
  #evictions: readonly Eviction[] = [];
  /** Writes down what has been said and was not yet. */
  #flushText: () => void = () => undefined;

  constructor({ conversationId, transcript, files, slot, publisher, mostCheckpointBytes }: ConversationCacheOptions) {
    this.#conversationId = conversationId;
    this.#transcript = transcript;
    this.#slot = slot;
    this.#publisher = publisher;
    const keepsakes = { conversationId, transcript, journal: transcript.journal, files };
    const listener: ResidencyListener = {
      onRestore: (done, total) => publisher.become({ kind: 'restoring', done, total }),
      onRebuild: (done, total) => {
        publisher.become({ kind: 'rebuilding', done, total });
        if (done === total) transcript.count({ rebuilds: 1 });
      },
      onEviction: (eviction) => {
        this.#evictions = [...this.#evictions, eviction];
        this.writeDown();
      },
      onWarning: (problem) => publisher.log('warn', problem),
    };
    const residency = new Residency(keepsakes, listener);
    this.#residency = residency;
    this.#onServer = new ServerResidency(keepsakes, listener);
    this.#occupant = {
      conversationId,
      onLoading: (fraction) => publisher.become({ kind: 'loading', fraction }),
      arrive: (arrival) => this.#arrive(arrival),
      follow: (dialogue) => residency.follow(dialogue),
      save: () => this.#unlessItFails('the cache cannot be saved', () => this.#save(mostCheckpointBytes())),
      onDistrust: () => void this.#unlessItFails('what was kept of the cache cannot be removed', async () => residency.discard()),
      onLeave: () => {
        this.#save = saveNothing;
        publisher.status();
      },
    };
  }

  /** The conversation's dialogue, if it is in the cache. */
  get dialogue(): HeldDialogue | undefined {
    return this.#slot.resident(this.#conversationId);
  }

  /** How it came into the cache, if it is there. */
  get origin(): CacheOrigin | undefined {
    return this.dialogue && this.#readOrigin();
  }

  /** Whether it can be in the cache without another conversation leaving that. */
  hasPlace(settings: EngineSettings): Promise<boolean> {
    return this.#slot.hasPlaceFor(this.#conversationId, settings);
  }

  /** Makes sure that the conversation is in the cache. Only within `exclusively` of the slot, as all that follows. */
  async enter(settings: EngineSettings, entry: Entry): Promise<HeldDialogue> {
    const dialogue = await this.#slot.enter(this.#occupant, settings, entry);
    this.writeDown();
    return dialogue;
  }

  /** While `work` goes on, `flushText` is called before anything is written down that may come after what was said. */
  async withText<T>(flushText: () => void, work: () => Promise<T>): Promise<T> {
    this.#flushText = flushText;
    try {
      return await work();
    } finally {
      this.#flushText = () => undefined;
    }
  }

  /** The answer is there, whatever becomes of its end in the cache. */
  async settle(dialogue: HeldDialogue): Promise<void> {
    try {
      await dialogue.settle();
      this.writeDown();
    } catch (error) {
      this.evacuate();
      this.#publisher.log('error', `the end of the turn: ${String(error)}`);
    }
    // Nobody may be idle for hours, and a process that dies costs what was not written down.
    if (this.#residency.atStake > dialogue.cache.layout.window * MOST_AT_STAKE) await this.#slot.save();
    // Where none is written, so much would never be done again.
    if (this.#residency.atStake > dialogue.cache.layout.window) this.#residency.discard();
  }

  /**
   * Does something to the cache, if the conversation is there and can follow what has become of its turns; otherwise it arrives
   * anew with the next message.
   *
   * @throws whatever `change` does; the cache is then given up, since its ledger may disagree with the native one.
   */
  async change<T>(change: (dialogue: HeldDialogue) => Promise<T>): Promise<T | undefined> {
    const { dialogue } = this;
    if (!dialogue) return undefined;
    try {
      if (await this.#residency.follow(dialogue)) return await change(dialogue);
      this.evacuate();
      return undefined;
    } catch (error) {
      this.evacuate();
      throw error;
    }
  }

  /** Writes down what has become of the cache, and what goes with it: all of it or nothing. @throws EndlessError `storage-failed` and its like */
  writeDown(besides?: () => void): void {
    // In the cache that is written down there must be nothing that was not shown.
    this.#flushText();
    this.#transcript.atOnce(() => {
      besides?.();
      for (const eviction of this.#evictions) this.#transcript.recordEviction(eviction);
      this.#residency.flush();
    });
    this.#evictions = [];
  }

  /** Takes the conversation out of a cache that is not to be trusted. */
  evacuate(): void {
    this.#slot.evacuate(this.#conversationId);
  }

  /** Leaves nothing of the cache, neither in memory nor on the disk; what goes with that is done in one. */
  async erase(besides: () => void): Promise<void> {
    this.#transcript.atOnce(() => {
      besides();
      this.#transcript.rewinding.noteCacheFollowed();
      this.#residency.discardAll();
    });
    this.evacuate();
    await this.#unlessItFails('what was kept of the cache cannot be removed', () => this.#residency.removeFiles());
  }

  /** On a server there is nothing to be kept, and nothing was. */
  async #arrive({ loaded, ...arrival }: Arrival): Promise<HeldDialogue> {
    if (loaded.kind === 'served') {
      this.#readOrigin = () => undefined;
      return this.#onServer.arrive({ loaded, ...arrival });
    }
    const dialogue = await this.#residency.arrive({ loaded, ...arrival });
    this.#readOrigin = () => this.#residency.origin;
    this.#save = (mostBytes) => this.#residency.save(dialogue, loaded, arrival.systemPrompt, mostBytes);
    return dialogue;
  }

  async #unlessItFails(problem: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#publisher.log('warn', `${problem}: ${String(error)} ${EndlessError.from(error).toReport().detail ?? ''}`);
    }
  }
}
