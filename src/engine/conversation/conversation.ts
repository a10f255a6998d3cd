import type { Attachment } from '../../shared/attachments.ts';
import { EndlessError } from '../../shared/errors.ts';
import type { Address } from '../../shared/protocol/address.ts';
import type { ConversationSnapshot, SearchHit } from '../../shared/protocol/conversation.ts';
import type { EngineSettings } from '../../shared/protocol/engine-settings.ts';
import type { RequestParams } from '../../shared/protocol/protocol.ts';
import type { Sample } from '../../shared/protocol/sample.ts';
import type { Status } from '../../shared/protocol/status.ts';
import type { Turn } from '../../shared/protocol/turn.ts';
import type { LaneChange } from '../../shared/protocol/requests.ts';
import { isServerAddress } from '../../shared/server-address.ts';
import { CatchUp } from '../memory/catch-up.ts';
import { searchHits } from '../memory/search-hits.ts';
import type { Transcript } from '../memory/transcript.ts';
import { toldOf } from '../model/chat-model.ts';
import { Attaching } from './attaching.ts';
import type { ChatSlot } from './chat-slot.ts';
import { ConversationCache, type ConversationCacheOptions } from './conversation-cache.ts';
import { Endings } from './endings.ts';
import { Gauges } from './gauges.ts';
import { canPinMeanwhile, pinTurn } from './pins.ts';
import { Publisher, type Broadcast, type Forgotten } from './publisher.ts';
import { stoppedAnswer, type AsideAnswer, type RequestListener } from './request-answer.ts';
import { answerBeside } from './side-lane.ts';
import { TurnQueue } from './turn-queue.ts';
import { TurnWorker } from './turn-worker.ts';

/** Turns that clients are told when the transcript is another than before. */
const TURNS_TOLD = 50;

/** Turns that stay when the conversation is compacted. */
const TURNS_KEPT = 2;

export interface ConversationOptions extends Omit<ConversationCacheOptions, 'conversationId' | 'publisher'> {
  readonly address: Address;
  readonly broadcast: Broadcast;
}

/**
 * One conversation: takes messages, writes them down, lets the model answer them one after the other in the chat
 * slot, and tells every client what happens. All its state is in the transcript and the cache.
 */
export class Conversation {
  readonly #transcript: Transcript;
  readonly #slot: ChatSlot;
  readonly #publisher: Publisher;
  readonly #cache: ConversationCache;
  readonly #endings: Endings;
  readonly #gauges: Gauges;
  readonly #worker: TurnWorker;
  readonly #catchUp: CatchUp;
  readonly #turns: TurnQueue;
  readonly #attaching: Attaching;
  readonly #closed = new AbortController();

  constructor({ address, broadcast, ...options }: ConversationOptions) {
    const { transcript, slot } = options;
    this.#transcript = transcript;
    this.#slot = slot;
    this.#publisher = new Publisher(address, broadcast, () => this.status);
    this.#cache = new ConversationCache({ ...options, ...address, publisher: this.#publisher });
    this.#endings = new Endings(transcript);
    this.#gauges = new Gauges({ transcript, slot, cache: this.#cache, publisher: this.#publisher });
    const tools = { cache: this.#cache, endings: this.#endings, publisher: this.#publisher, gauges: this.#gauges };
    this.#worker = new TurnWorker({ transcript, ...tools });
    this.#turns = new TurnQueue(slot, this.#worker, this.#publisher);
    this.#attaching = new Attaching({ transcript, slot, cache: this.#cache, publisher: this.#publisher });
    for (const turn of transcript.unfinished()) this.#endings.end(turn, { state: 'interrupted' });
    this.#catchUp = new CatchUp(transcript, (error) => this.#publisher.log('error', `older turns cannot be indexed: ${String(error)}`));
  }

  snapshot(limit: number): ConversationSnapshot {
    this.#publisher.tellsAnew();
    return { ...this.history(Number.MAX_SAFE_INTEGER, limit), status: this.status };
  }

  /** The turns before one, oldest first. */
  history(before: number, limit: number): Pick<ConversationSnapshot, 'turns' | 'hasEarlier'> {
    const turns = this.#transcript.turns(limit, before).map((turn) => this.#endings.asEnded(turn));
    const first = turns[0];
    return { turns, hasEarlier: first !== undefined && this.#transcript.hasTurnsBefore(first.id) };
  }

  /** The turns behind one, oldest first. */
  later(after: number, limit: number): { turns: Turn[]; hasLater: boolean } {
    const turns = this.#transcript.turnsAfter(after, limit + 1).map((turn) => this.#endings.asEnded(turn));
    return { turns: turns.slice(0, limit), hasLater: turns.length > limit };
  }

  /** How many turns there are. */
  get size(): number {
    return this.#transcript.size;
  }

  /** What was measured at the end of answers from a time on, oldest first. */
  samples(since: number): Sample[] {
    return this.#transcript.samples.since(since);
  }

  /** Where a text stands in the transcript, the best places first. */
  search(query: string, limit: number): SearchHit[] {
    return searchHits(this.#transcript.search(query, { limit, isTyped: true }).passages, query);
  }

  /** Writes the message down and queues it. What it takes the place of is gone at once. */
  send({ key, message, settings, replaces, ...enclosed }: Omit<RequestParams<'send'>, 'address'>): { readonly turnId: number } {
    this.#endings.write();
    const { turn, added, hasReplaced } = this.#transcript.add(key, message, { ...enclosed, replaces });
    if (added) {
      if (replaces !== undefined && hasReplaced) this.#forgotten({ turnId: replaces, andLater: true });
      this.#publisher.turn(turn);
      this.#attaching.end();
      this.#turns.add(turn, settings);
    }
    return { turnId: turn.id };
  }

  /**
   * Has the model read what is attached to the message that is being written, all of it, as soon as nothing else has it. A server reads
   * nothing ahead: what has not been sent yet stays on this machine.
   */
  async attach(attachments: readonly Attachment[], settings: EngineSettings): Promise<void> {
    if (isServerAddress(settings.modelPath)) this.#attaching.end();
    else await this.#attaching.read(attachments, settings);
  }

  /** Ends the answer of a turn, unless it is over, or else the running one, or the next one; what was written stays. */
  stop(turnId?: number): void {
    this.#turns.stop(turnId);
  }

  /** Takes a turn back, out of the transcript at once, and out of the cache as soon as nothing is done there. */
  async forget(turnId: number): Promise<void> {
    if (!this.#transcript.isShown(turnId)) return;
    this.#transcript.forget(turnId);
    const wasWaiting = this.#turns.waits(turnId);
    this.#forgotten({ turnId });
    if (wasWaiting) return;
    await this.#slot.next(async () => {
      await this.#cache.change((dialogue) => dialogue.forget([turnId]));
      this.#cache.writeDown();
      this.#publisher.status();
    });
  }

  /**
   * Keeps a turn from being evicted, or no longer.
   *
   * @throws EndlessError `turn-not-cached` when nothing of it is in the cache, `pins-too-large` when it would be too much.
   */
  pin(turnId: number, pinned: boolean): Promise<void> {
    const pin = async (): Promise<void> => {
      await pinTurn(this.#cache, this.#transcript, turnId, pinned);
      if (!this.#transcript.isShown(turnId)) return;
      this.#publisher.turn(this.#transcript.turn(turnId));
      this.#publisher.status();
    };
    // The answer that runs may have it evicted before it ends.
    return canPinMeanwhile(this.#cache, turnId) ? pin() : this.#slot.next(pin);
  }

  /**
   * Evicts all but the newest two turns, and keeps it so when the cache is filled again.
   *
   * @returns how many tokens have left; 0 when the conversation is not in the cache.
   */
  compact(): Promise<number> {
    return this.#slot.exclusively(async () => {
      const newest = this.#transcript.turns(TURNS_KEPT + 1);
      try {
        const evicted = await this.#cache.change(({ cache }) => cache.compact(TURNS_KEPT));
        this.#cache.writeDown(() => {
          if (newest[0] && newest.length > TURNS_KEPT) this.#transcript.compactUpTo(newest[0].id);
        });
        return evicted ?? 0;
      } finally {
        this.#publisher.rest();
      }
    });
  }

  /** Begins a new section with the next message; what was said before is out of the way of it. */
  async beginSection(): Promise<number> {
    this.#transcript.beginSection();
    await this.compact();
    return this.#transcript.section;
  }

  /**
   * Ends what is being answered, hides all turns and takes them out of the cache. What was cleared before is deleted.
   *
   * @returns how many turns were cleared.
   */
  async clear(): Promise<number> {
    const { newest } = this.#transcript.cleared;
    this.#turns.stopAll();
    this.#attaching.end();
    return this.#slot.exclusively(async () => {
      let turns = 0;
      await this.#cache.erase(() => {
        turns = this.#transcript.cleared.clear(newest);
        this.#transcript.moveCacheEdge(0);
      });
      this.#publisher.replaced(this.snapshot(TURNS_TOLD));
      this.deleteOverdue().catch((error: unknown) => this.#publisher.log('error', `deleting what was cleared: ${String(error)}`));
      return turns;
    });
  }

  /**
   * Brings back what was cleared last, in the transcript; the next message brings it back into the cache.
   *
   * @returns how many turns are back; 0 when it is too late.
   */
  undoClear(): Promise<number> {
    return this.#slot.exclusively(async () => {
      if (!this.#transcript.cleared.undoable()) return 0;
      let turns = 0;
      await this.#cache.erase(() => {
        const restored = this.#transcript.cleared.undo();
        turns = restored?.turns ?? 0;
        this.#transcript.moveCacheEdge(Math.max(restored?.newest ?? 0, this.#transcript.turns(1)[0]?.id ?? 0));
      });
      this.#publisher.replaced(this.snapshot(TURNS_TOLD));
      return turns;
    });
  }

  /**
   * Deletes what was cleared, although it could be brought back still.
   *
   * @throws EndlessError `storage-failed` and its like, or `engine-crashed` when the engine ends before all of it is deleted.
   */
  async deleteCleared(): Promise<void> {
    this.#transcript.cleared.expire();
    this.#publisher.status();
    await this.deleteOverdue();
    // The next engine can be asked for the rest.
    if (this.#closed.signal.aborted) throw new EndlessError('engine-crashed');
  }

  /**
   * Deletes what was cleared and can no longer be brought back; what the end of the engine leaves of it is deleted by the next.
   *
   * @throws EndlessError `storage-failed` and its like.
   */
  async deleteOverdue(): Promise<void> {
    await this.#transcript.cleared.deleteOverdue(this.#closed.signal);
  }

  /**
   * Answers a request beside the conversation, which knows nothing of it afterwards.
   *
   * @param signal ends it; what was written by then is the answer.
   * @returns why it is not answered here, if it is not: nothing has happened then.
   */
  async aside(
    message: string,
    settings: EngineSettings,
    listener: RequestListener,
    signal: AbortSignal,
  ): Promise<AsideAnswer | LaneChange | 'nothing-to-know'> {
    listener.onStage({ kind: 'waiting' });
    const work = async (): Promise<AsideAnswer | LaneChange | 'nothing-to-know'> => {
      // Another window's conversation is not to make way for a command.
      if (!(await this.#cache.hasPlace(settings))) return this.#transcript.turns(1).length > 0 ? 'elsewhere' : 'nothing-to-know';
      this.#publisher.become({ kind: 'aside' });
      try {
        return await answerBeside(this.#slot, this.#cache, { message, settings, listener, signal });
      } finally {
        this.#publisher.rest();
      }
    };
    return this.#slot.exclusivelyUnless(signal, work, stoppedAnswer);
  }

  /** What is the engine's own has changed, and is a part of the status. */
  tellStatus(): void {
    this.#publisher.status();
  }

  /**
   * Has the conversation go on with another model, now rather than with its next message. Where none is loaded the next message does.
   *
   * @param signal nobody waits for it any more.
   * @throws EndlessError why the model cannot be had; the one before is there again then, and the conversation in it as it was. The signal's
   *   reason, with the one before there or none.
   */
  async switchModel(settings: EngineSettings, signal: AbortSignal): Promise<void> {
    const enter = async (wished: EngineSettings, ended: AbortSignal): Promise<void> => {
      await this.#cache.enter(wished, { before: Number.MAX_SAFE_INTEGER, signal: ended, isForTurn: false });
    };
    const work = async (): Promise<void> => {
      const former = this.#slot.settings;
      if (!former) return;
      try {
        await enter(settings, AbortSignal.any([signal, this.#closed.signal]));
      } catch (error) {
        const { modelPath, window, gpu, threads, quantizedValues } = former;
        if (this.#slot.loaded) await enter({ ...settings, modelPath, window, gpu, threads, quantizedValues }, this.#closed.signal);
        throw error;
      } finally {
        this.#publisher.rest();
      }
    };
    // Whoever has chosen yet another model while this one waited for its turn loses nothing by it.
    await this.#slot.exclusivelyUnless(signal, work, () => undefined);
    signal.throwIfAborted();
  }

  get status(): Status {
    const { dialogue, origin } = this.#cache;
    const { contexts, freed } = this.#slot;
    const isServed = this.#slot.loaded?.kind === 'served';
    const told = toldOf(this.#slot.loaded);
    const { tokens, evicted, evictions, rebuilds } = this.#transcript.today;
    return {
      activity: this.#publisher.activity,
      stats: {
        tokensToday: tokens,
        evictedToday: evicted,
        evictionsToday: evictions,
        rebuildsToday: rebuilds,
        ...this.#worker.speed,
        promptTokensPerSecond: this.#gauges.promptTokensPerSecond,
        lastEvictionAt: this.#transcript.lastEvictionAt,
        appendedTokens: dialogue?.cache.appendedTokens ?? 0,
        decodedTokens: dialogue?.cache.decodedTokens ?? 0,
      },
      cache: dialogue?.cache.layout,
      longestMessage: dialogue?.cache.longestMessage,
      origin,
      ...told,
      sent: dialogue?.sent,
      // With a server nobody waits for a model to come back.
      freed: isServed ? undefined : freed,
      contexts: contexts.length > 0 ? [...contexts] : undefined,
      memory: this.#gauges.memory,
      cuda: told.model?.backendReason === 'cuda-unusable' ? this.#slot.cuda : undefined,
      evictedUpTo: this.#transcript.evictedUpTo,
      section: this.#transcript.section,
      cleared: this.#transcript.cleared.undoable(),
    };
  }

  /** Ends the running answer and takes on no more; what is queued stays in the transcript. */
  shutDown(): void {
    this.#attaching.shutDown();
    this.#turns.shutDown();
  }

  close(): void {
    this.#closed.abort();
    this.#publisher.close();
    this.#catchUp.stop();
    try {
      this.#endings.write();
    } catch (error) {
      this.#publisher.log('error', `how an answer ended cannot be written: ${String(error)}`);
    }
    this.#transcript.close();
  }

  /** Tells that turns are gone; nobody hears of them any more. */
  #forgotten(which: Forgotten): void {
    const { turnId, andLater = false } = which;
    this.#turns.forget((id) => (andLater ? id >= turnId : id === turnId));
    this.#publisher.forgotten(which);
  }
}
