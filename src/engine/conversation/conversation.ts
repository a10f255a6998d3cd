import { EndlessError } from '../../shared/errors.ts';
import type {
  Activity,
  Address,
  ConversationSnapshot,
  EngineSettings,
  EventName,
  EventParams,
  SearchHit,
  Status,
  Turn,
} from '../../shared/protocol.ts';
import { searchHit } from '../memory/search-hits.ts';
import type { Transcript, TurnChange } from '../memory/transcript.ts';
import type { Eviction } from '../cache/kv-cache.ts';
import type { LaneChange } from '../../shared/requests.ts';
import { AnswerWriter } from './answer-writer.ts';
import type { ChatSlot, Entry, Residence, SlotListener } from './chat-slot.ts';
import { ABANDONED, type AnswerEnd, type Dialogue } from './dialogue.ts';
import { stoppedAnswer, type AsideAnswer, type RequestListener } from './request-answer.ts';
import { answerBeside } from './side-lane.ts';
import { Speedometer } from './speedometer.ts';
import { Throttle } from './throttle.ts';

/** Sends an event to every client that has this conversation open. */
export type Broadcast = <N extends EventName>(name: N, params: EventParams<N>) => void;

/** Time between two status events, in milliseconds. */
const STATUS_MS = 100;

/** Turns that are looked at for filling a cache again. */
const TURNS_FOR_RESTORE = 500;

/** Turns that clients are told when the transcript is another than before. */
const TURNS_TOLD = 50;

/** Turns that stay when the conversation is compacted. */
const TURNS_KEPT = 2;

/** A message on its way through the slot. */
interface Task {
  readonly turn: Turn;
  readonly settings: EngineSettings;
  readonly stop: AbortController;
}

/**
 * One conversation: takes messages, writes them down, lets the model answer them one after the other in the chat
 * slot, and tells every client what happens. All its state is in the transcript and the cache.
 */
export class Conversation {
  readonly #address: Address;
  readonly #transcript: Transcript;
  readonly #slot: ChatSlot;
  readonly #broadcast: Broadcast;
  readonly #status = new Throttle(STATUS_MS, () => this.#publishStatus());
  readonly #speed = new Speedometer();
  readonly #listener = {
    onLoading: (fraction: number) => this.#become({ kind: 'loading', fraction }),
    onLeave: () => this.#status.request(),
    onRebuild: (done: number, total: number) => {
      this.#become({ kind: 'rebuilding', done, total });
      if (done === total) this.#transcript.count({ rebuilds: 1 });
    },
    onEviction: (eviction: Eviction) => this.#transcript.recordEviction(eviction),
  } satisfies SlotListener;
  #activity: Activity = { kind: 'idle' };
  #closing = false;
  readonly #closed = new AbortController();
  /** Messages whose answers have not ended, the running one first. */
  #tasks: Task[] = [];

  constructor(address: Address, transcript: Transcript, slot: ChatSlot, broadcast: Broadcast) {
    this.#address = address;
    this.#transcript = transcript;
    this.#slot = slot;
    this.#broadcast = broadcast;
    for (const turn of transcript.unfinished()) transcript.change(turn.id, { state: 'interrupted' });
  }

  snapshot(limit: number): ConversationSnapshot {
    return { ...this.history(Number.MAX_SAFE_INTEGER, limit), status: this.status };
  }

  history(before: number, limit: number): Pick<ConversationSnapshot, 'turns' | 'hasEarlier'> {
    const turns = [...this.#transcript.turns(limit, before)];
    const first = turns[0];
    return { turns, hasEarlier: first !== undefined && this.#transcript.hasTurnsBefore(first.id) };
  }

  /** The turns behind one, oldest first. */
  later(after: number, limit: number): { turns: Turn[]; hasLater: boolean } {
    const turns = this.#transcript.turnsAfter(after, limit + 1);
    return { turns: turns.slice(0, limit), hasLater: turns.length > limit };
  }

  get size(): number {
    return this.#transcript.size;
  }

  /** Where a text stands in the transcript, the best places first. */
  search(query: string, limit: number): SearchHit[] {
    return this.#transcript.search(query, { limit, isTyped: true }).map((passage) => searchHit(passage, query));
  }

  /** Writes the message down and queues it. */
  send(key: string, message: string, settings: EngineSettings): { readonly turnId: number } {
    const { turn, added } = this.#transcript.add(key, message);
    if (added) {
      this.#tell(turn);
      const task: Task = { turn, settings, stop: new AbortController() };
      this.#tasks.push(task);
      void this.#slot.exclusively(() => this.#take(task));
    }
    return { turnId: turn.id };
  }

  /** Ends the running answer, or the next one if it still waits; what was written stays. */
  stop(): void {
    this.#tasks[0]?.stop.abort();
  }

  /**
   * Takes the last turn back, out of the transcript and out of the cache.
   *
   * @throws EndlessError `invalid-message` when it is not the last one.
   */
  async forget(turnId: number): Promise<void> {
    this.#tasks.find(({ turn }) => turn.id === turnId)?.stop.abort();
    await this.#slot.exclusively(async () => {
      if (this.#transcript.turns(1)[0]?.id !== turnId) throw new EndlessError('invalid-message', { message: 'conversation/forget' });
      await this.#resident?.forget(turnId).catch((error: unknown) => {
        this.#slot.evacuate();
        throw error;
      });
      this.#transcript.forget(turnId);
      this.#broadcast('forgotten', { address: this.#address, turnId });
      this.#status.now();
    });
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
        const evicted = (await this.#resident?.cache.compact(TURNS_KEPT)) ?? 0;
        if (newest[0] && newest.length > TURNS_KEPT) this.#transcript.compactUpTo(newest[0].id);
        return evicted;
      } catch (error) {
        // The ledger may disagree with the native cache.
        this.#slot.evacuate();
        throw error;
      } finally {
        this.#become({ kind: 'idle' });
        this.#status.now();
      }
    });
  }

  /**
   * Ends what is being answered, hides all turns and takes them out of the cache. What was cleared before is deleted.
   *
   * @returns how many turns were cleared.
   */
  async clear(): Promise<number> {
    const { newest } = this.#transcript.cleared;
    for (const { stop } of this.#tasks) stop.abort();
    return this.#slot.exclusively(async () => {
      const turns = this.#transcript.cleared.clear(newest);
      this.#transcript.moveCacheEdge(0);
      await this.#resident?.clear().catch((error: unknown) => {
        this.#slot.evacuate();
        this.#log('error', `clearing the cache: ${String(error)}`);
      });
      this.#tellReplaced();
      void this.deleteOverdue();
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
      const restored = this.#transcript.cleared.undo();
      if (!restored) return 0;
      if (this.#resident) this.#slot.evacuate();
      this.#transcript.moveCacheEdge(Math.max(restored.newest, this.#transcript.turns(1)[0]?.id ?? 0));
      this.#tellReplaced();
      return restored.turns;
    });
  }

  /** Deletes what was cleared, although it could be brought back still. */
  async deleteCleared(): Promise<void> {
    this.#transcript.cleared.expire();
    this.#status.now();
    await this.deleteOverdue();
  }

  /** Deletes what was cleared and can no longer be brought back. */
  async deleteOverdue(): Promise<void> {
    try {
      await this.#transcript.cleared.deleteOverdue(this.#closed.signal);
    } catch (error) {
      this.#log('error', `deleting what was cleared: ${String(error)}`);
    }
  }

  /** Begins a new section with the next message; what was said before is out of the way of it. */
  async beginSection(): Promise<number> {
    this.#transcript.beginSection();
    await this.compact();
    return this.#transcript.section;
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
      if (this.#slot.isTakenFrom(this.#address.conversationId))
        return this.#transcript.turns(1).length > 0 ? 'elsewhere' : 'nothing-to-know';
      this.#become({ kind: 'aside' });
      try {
        const enter = (): Promise<Residence> => this.#enter(settings, Number.MAX_SAFE_INTEGER, { signal, isForTurn: false });
        return await answerBeside(this.#slot, { message, settings, listener, signal, enter });
      } finally {
        this.#become({ kind: 'idle' });
        this.#status.now();
      }
    };
    return this.#slot.exclusivelyUnless(signal, work, stoppedAnswer);
  }

  get status(): Status {
    const dialogue = this.#resident;
    const loaded = this.#slot.loaded;
    const { tokens, evicted, evictions, rebuilds } = this.#transcript.today;
    return {
      activity: this.#activity,
      stats: {
        tokensToday: tokens,
        evictedToday: evicted,
        evictionsToday: evictions,
        rebuildsToday: rebuilds,
        ...this.#speed.reading,
        appendedTokens: dialogue?.cache.appendedTokens ?? 0,
        decodedTokens: dialogue?.cache.decodedTokens ?? 0,
      },
      cache: dialogue?.cache.layout,
      model: loaded?.facts,
      evictedUpTo: this.#transcript.evictedUpTo,
      section: this.#transcript.section,
      cleared: this.#transcript.cleared.undoable(),
    };
  }

  /** Ends the running answer and takes on no more; what is queued stays in the transcript. */
  shutDown(): void {
    this.#closing = true;
    this.stop();
  }

  close(): void {
    this.#closed.abort();
    this.#status.cancel();
    this.#transcript.close();
  }

  /** The conversation's dialogue, if it is in the cache. */
  get #resident(): Dialogue | undefined {
    return this.#slot.resident(this.#address.conversationId);
  }

  /** Works on one turn, from the queue to the end of its answer; whatever goes wrong ends in the turn's state. */
  async #take(task: Task): Promise<void> {
    if (this.#closing) return;
    const { turn, settings, stop } = task;
    try {
      // Nothing of it has reached the cache, which stays as it is.
      if (stop.signal.aborted) {
        this.#tell(this.#transcript.change(turn.id, { state: 'stopped', finish: 'stopped' }));
        return;
      }
      this.#tell(this.#transcript.change(turn.id, { state: 'running' }));
      const residence = await this.#enter(settings, turn.id, { signal: stop.signal, isForTurn: true });
      const end = await this.#answer(turn, settings, residence, stop.signal);
      this.#finish(turn.id, end);
      await this.#settle(residence);
    } catch (error) {
      this.#fail(turn, error, stop.signal);
    } finally {
      this.#tasks = this.#tasks.filter((other) => other !== task);
      this.#become({ kind: 'idle' });
      this.#status.now();
    }
  }

  /** The answer is there, whatever becomes of its end in the cache. */
  async #settle({ dialogue }: Residence): Promise<void> {
    try {
      await dialogue.settle();
    } catch (error) {
      this.#slot.evacuate();
      this.#log('error', `the end of the turn: ${String(error)}`);
    }
  }

  /** Makes sure that this conversation is in the cache up to a turn, filled from the transcript if it was not. */
  async #enter(settings: EngineSettings, turnId: number, entry: Omit<Entry, 'listener'>): Promise<Residence> {
    const { conversationId } = this.#address;
    const residence = await this.#slot.enter(conversationId, settings, { ...entry, listener: this.#listener });
    if (!residence.fresh) return residence;
    const { compactedUpTo } = this.#transcript;
    const past = this.#transcript.turns(TURNS_FOR_RESTORE, turnId).filter(({ id, answer }) => answer !== '' && id > compactedUpTo);
    const newest = past.at(-1);
    if (!newest) return residence;
    const oldest = await residence.dialogue.restore(past, this.#listener.onRebuild, entry.signal);
    this.#transcript.moveCacheEdge(oldest === undefined ? newest.id : oldest - 1);
    return residence;
  }

  async #answer(turn: Turn, settings: EngineSettings, residence: Residence, signal: AbortSignal): Promise<AnswerEnd> {
    const { dialogue } = residence;
    const writer = new AnswerWriter((text, offset) => {
      this.#transcript.appendAnswer(turn.id, text);
      this.#broadcast('text', { address: this.#address, turnId: turn.id, offset, text });
      this.#speed.measure(dialogue.cache.appendedTokens);
      this.#status.request();
    });
    const onPrefill = (done: number, total: number): void => this.#become({ kind: 'prefill', turnId: turn.id, done, total });
    const before = dialogue.cache.appendedTokens;
    const pieces = dialogue.answer(turn.id, turn.message, { sampling: settings, signal, onPrefill });
    this.#speed.begin();
    try {
      for (let piece = await pieces.next(), first = true; ; piece = await pieces.next(), first = false) {
        if (piece.done) return piece.value;
        if (first) this.#speed.firstToken(dialogue.cache.appendedTokens);
        this.#become({ kind: 'generating', turnId: turn.id });
        writer.push(piece.value);
      }
    } finally {
      await pieces.return(ABANDONED);
      writer.flush();
      this.#transcript.count({ tokens: dialogue.cache.appendedTokens - before });
    }
  }

  #finish(turnId: number, end: AnswerEnd): void {
    const { firstTokenMs, tokensPerSecond } = this.#speed.reading;
    const state = end.finish === 'stopped' ? 'stopped' : 'done';
    const stats = { messageTokens: end.messageTokens, answerTokens: end.answerTokens, firstTokenMs, tokensPerSecond };
    this.#tell(this.#transcript.change(turnId, { state, finish: end.finish, stats }));
  }

  #fail(queued: Turn, error: unknown, signal: AbortSignal): void {
    const stopped = signal.aborted && !(error instanceof EndlessError);
    const report = EndlessError.from(error).toReport();
    // Only this one is thrown before anything is touched; after any other the cache may hold half a turn.
    if (report.code !== 'message-too-long') this.#slot.evacuate();
    this.#log(stopped ? 'info' : 'error', `turn ${String(queued.id)}: ${report.code} ${report.detail ?? ''}`);
    const change: TurnChange = stopped ? { state: 'stopped', finish: 'stopped' } : { state: 'failed', error: report };
    try {
      this.#tell(this.#transcript.change(queued.id, change));
    } catch {
      // The storage itself has failed; its clients must hear of it all the same.
      this.#tell({ ...queued, ...change });
    }
  }

  #log(level: EventParams<'log'>['level'], message: string): void {
    this.#broadcast('log', { level, message });
  }

  #tell(turn: Turn): void {
    this.#broadcast('turn', { address: this.#address, turn });
  }

  #tellReplaced(): void {
    this.#broadcast('replaced', { address: this.#address, conversation: this.snapshot(TURNS_TOLD) });
  }

  #become(activity: Activity): void {
    const changed = this.#activity.kind !== activity.kind;
    this.#activity = activity;
    if (changed) this.#status.now();
    else this.#status.request();
  }

  /** Called by timers and in the middle of other work, which a transcript that cannot be read must not end. */
  #publishStatus(): void {
    try {
      this.#broadcast('status', { address: this.#address, status: this.status });
    } catch (error) {
      this.#log('error', `the status cannot be told: ${String(error)}`);
    }
  }
}
