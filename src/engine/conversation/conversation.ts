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
import { CatchUp } from '../memory/catch-up.ts';
import { searchHit } from '../memory/search-hits.ts';
import type { Transcript, TurnChange } from '../memory/transcript.ts';
import type { Eviction } from '../cache/kv-cache.ts';
import type { CheckpointFiles } from '../memory/checkpoint-files.ts';
import { toldMessage } from '../recall/held-text.ts';
import { recalledFor } from '../recall/recall.ts';
import type { LaneChange } from '../../shared/requests.ts';
import { AnswerWriter } from './answer-writer.ts';
import type { ChatSlot, Entry } from './chat-slot.ts';
import { ABANDONED, type AnswerEnd, type Dialogue } from './dialogue.ts';
import { Residency } from './residency.ts';
import type { Occupant } from './seat.ts';
import { stoppedAnswer, type AsideAnswer, type RequestListener } from './request-answer.ts';
import { answerBeside } from './side-lane.ts';
import { Speedometer } from './speedometer.ts';
import { Throttle } from './throttle.ts';

/** Sends an event to every client that has this conversation open. */
export type Broadcast = <N extends EventName>(name: N, params: EventParams<N>) => void;

/** Time between two status events, in milliseconds. */
const STATUS_MS = 100;

/** What may have to be done again when the process dies, as a part of the window. */
const MOST_AT_STAKE = 1 / 2;

/** Turns that clients are told when the transcript is another than before. */
const TURNS_TOLD = 50;

/** Turns that stay when the conversation is compacted. */
const TURNS_KEPT = 2;

export interface ConversationOptions {
  readonly address: Address;
  readonly transcript: Transcript;
  readonly files: CheckpointFiles;
  readonly slot: ChatSlot;
  readonly broadcast: Broadcast;
  /** What all checkpoints together may take. */
  readonly mostCheckpointBytes: () => number;
}
/** Least part of the window that recall may take when the user asks for it, on or off. */
const SHARE_FOR_ASKING = 1 / 4;

/** Tokens that a message and what is recalled may take more together than each by itself. */
const SEAM = 4;

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
  readonly #residency: Residency;
  readonly #slot: ChatSlot;
  readonly #broadcast: Broadcast;
  readonly #status = new Throttle(STATUS_MS, () => this.#publishStatus());
  readonly #speed = new Speedometer();
  readonly #occupant: Occupant;
  readonly #catchUp: CatchUp;
  #activity: Activity = { kind: 'idle' };
  /** How turns ended that could not be written down so far. */
  readonly #unwritten = new Map<number, TurnChange>();
  #closing = false;
  /** Of the answer that is running. */
  #writer: AnswerWriter | undefined;
  /** Those that are not written down yet. */
  #evictions: Eviction[] = [];
  readonly #closed = new AbortController();
  /** Messages whose answers have not ended, the running one first. */
  #tasks: Task[] = [];

  constructor({ address, transcript, files, slot, broadcast, mostCheckpointBytes }: ConversationOptions) {
    this.#address = address;
    this.#transcript = transcript;
    this.#slot = slot;
    this.#broadcast = broadcast;
    const { conversationId } = address;
    const keepsakes = { conversationId, transcript, journal: transcript.journal, files };
    const residency = new Residency(keepsakes, {
      onRestore: (done, total) => this.#become({ kind: 'restoring', done, total }),
      onRebuild: (done, total) => {
        this.#become({ kind: 'rebuilding', done, total });
        if (done === total) transcript.count({ rebuilds: 1 });
      },
      onEviction: (eviction) => {
        this.#evictions.push(eviction);
        // What has been said until then goes with it: in the cache there is nothing that was not shown.
        this.#writer?.flush();
        this.#writeDown();
      },
      onWarning: (problem) => this.#log('warn', problem),
    });
    this.#residency = residency;
    this.#occupant = {
      conversationId,
      onLoading: (fraction) => this.#become({ kind: 'loading', fraction }),
      arrive: (arrival) => residency.arrive(arrival),
      save: (dialogue, loaded, systemPrompt) =>
        this.#unlessItFails('the cache cannot be saved', () => residency.save(dialogue, loaded, systemPrompt, mostCheckpointBytes())),
      onDistrust: () => void this.#unlessItFails('what was kept of the cache cannot be removed', async () => residency.discard()),
      onLeave: () => this.#status.request(),
    };
    for (const turn of transcript.unfinished()) transcript.change(turn.id, { state: 'interrupted' });
    this.#catchUp = new CatchUp(transcript, (error) => this.#log('error', `older turns cannot be indexed: ${String(error)}`));
  }

  snapshot(limit: number): ConversationSnapshot {
    return { ...this.history(Number.MAX_SAFE_INTEGER, limit), status: this.status };
  }

  history(before: number, limit: number): Pick<ConversationSnapshot, 'turns' | 'hasEarlier'> {
    const turns = this.#transcript.turns(limit, before).map((turn) => this.#asItEnded(turn));
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
    return this.#transcript.search(query, { limit, isTyped: true }).passages.map((passage) => searchHit(passage, query));
  }

  /** Writes the message down and queues it. */
  send(key: string, message: string, settings: EngineSettings, asksForRecall = false): { readonly turnId: number } {
    this.#writeEndings();
    const { turn, added } = this.#transcript.add(key, message, asksForRecall);
    if (added) {
      this.#tell(turn);
      const task: Task = { turn, settings, stop: new AbortController() };
      this.#tasks.push(task);
      void this.#slot.exclusively(
        () => this.#take(task),
        (ahead) => this.#waitsBehind(task, ahead),
      );
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
        this.#evacuate();
        throw error;
      });
      this.#writeDown(() => this.#transcript.forget(turnId));
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
        this.#writeDown();
        return evicted;
      } catch (error) {
        // The ledger may disagree with the native cache.
        this.#evacuate();
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
      await this.#eraseCache();
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
      await this.#eraseCache();
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
        const enter = (): Promise<Dialogue> => this.#enter(settings, { before: Number.MAX_SAFE_INTEGER, signal, isForTurn: false });
        const leave = (): void => this.#evacuate();
        return await answerBeside(this.#slot, { message, settings, listener, signal, enter, leave });
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
      origin: dialogue && this.#residency.origin,
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
    this.#catchUp.stop();
    try {
      this.#writeEndings();
    } catch (error) {
      this.#log('error', `how an answer ended cannot be written: ${String(error)}`);
    }
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
      const dialogue = await this.#enter(settings, { before: turn.id, signal: stop.signal, isForTurn: true });
      const end = await this.#answer(this.#recall(turn, settings, dialogue), settings, dialogue, stop.signal);
      this.#finish(turn.id, end);
      await this.#settle(dialogue);
    } catch (error) {
      this.#fail(turn, error, stop.signal);
    } finally {
      this.#tasks = this.#tasks.filter((other) => other !== task);
      this.#become({ kind: 'idle' });
      this.#status.now();
    }
  }

  /** The answer is there, whatever becomes of its end in the cache. */
  async #settle(dialogue: Dialogue): Promise<void> {
    try {
      await dialogue.settle();
      this.#writeDown();
    } catch (error) {
      this.#evacuate();
      this.#log('error', `the end of the turn: ${String(error)}`);
    }
    // Nobody may be idle for hours, and a process that dies costs what was not written down.
    if (this.#residency.atStake > dialogue.cache.layout.window * MOST_AT_STAKE) await this.#slot.save();
  }

  /** Makes sure that this conversation is in the cache. */
  async #enter(settings: EngineSettings, entry: Entry): Promise<Dialogue> {
    const dialogue = await this.#slot.enter(this.#occupant, settings, entry);
    this.#writeDown();
    return dialogue;
  }

  /** The turn with what is to be recalled for it. The message comes first: recall takes only what that leaves. */
  #recall(turn: Turn, { recallShare }: EngineSettings, dialogue: Dialogue): Turn {
    const { cache } = dialogue;
    const { layout } = cache;
    const share = turn.recall?.asked ? Math.max(recallShare, SHARE_FOR_ASKING) : recallShare;
    const left = cache.longestMessage - dialogue.tokensOf(turn.message) - SEAM;
    const budget = Math.min(Math.floor(share * layout.window), left);
    try {
      const passages = recalledFor(this.#transcript, { turn, layout, budget, tokens: dialogue.chat });
      if (passages.length === 0) return turn;
      const recalling = this.#transcript.change(turn.id, { recall: { asked: turn.recall?.asked ?? false, passages: [...passages] } });
      this.#tell(recalling);
      return recalling;
    } catch (error) {
      this.#log('error', `nothing is recalled for turn ${String(turn.id)}: ${String(error)}`);
      return turn;
    }
  }

  async #answer(turn: Turn, settings: EngineSettings, dialogue: Dialogue, signal: AbortSignal): Promise<AnswerEnd> {
    const writer = (this.#writer = new AnswerWriter((text, offset) => {
      this.#writeDown(() => this.#transcript.appendAnswer(turn.id, text));
      this.#broadcast('text', { address: this.#address, turnId: turn.id, offset, text });
      this.#speed.measure(dialogue.cache.appendedTokens);
      this.#status.request();
    }));
    const onPrefill = (done: number, total: number): void => this.#become({ kind: 'prefill', turnId: turn.id, done, total });
    const before = dialogue.cache.appendedTokens;
    const pieces = dialogue.answer(turn.id, toldMessage(turn), { sampling: settings, signal, onPrefill });
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
      this.#writer = undefined;
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
    if (report.code !== 'message-too-long') this.#evacuate();
    this.#log(stopped ? 'info' : 'error', `turn ${String(queued.id)}: ${report.code} ${report.detail ?? ''}`);
    const change: TurnChange = stopped ? { state: 'stopped', finish: 'stopped' } : { state: 'failed', error: report };
    try {
      this.#tell(this.#transcript.change(queued.id, change));
    } catch {
      // The storage itself has failed: what was shown stays, and how it ended is written when there is room again.
      this.#unwritten.set(queued.id, change);
      this.#tell(this.#asItEnded(this.#lastWritten(queued)));
    }
  }

  /** @throws EndlessError when there is still no room. */
  #writeEndings(): void {
    for (const [turnId, change] of this.#unwritten) {
      this.#transcript.change(turnId, change);
      this.#unwritten.delete(turnId);
    }
  }

  #asItEnded(turn: Turn): Turn {
    return { ...turn, ...this.#unwritten.get(turn.id) };
  }

  #lastWritten(queued: Turn): Turn {
    try {
      return this.#transcript.turn(queued.id);
    } catch {
      return queued;
    }
  }

  /** Writes down what has become of the cache, and what goes with it: all of it or nothing. */
  #writeDown(besides?: () => void): void {
    this.#transcript.atOnce(() => {
      besides?.();
      for (const eviction of this.#evictions) this.#transcript.recordEviction(eviction);
      this.#residency.flush();
    });
    this.#evictions = [];
  }

  /** Leaves nothing of the cache, neither in memory nor on the disk. */
  async #eraseCache(): Promise<void> {
    this.#evacuate();
    await this.#unlessItFails('what was kept of the cache cannot be removed', () => this.#residency.erase());
  }

  #evacuate(): void {
    this.#slot.evacuate(this.#address.conversationId);
  }

  /** Tells how many go before a message, unless another one of this conversation is being answered. */
  #waitsBehind(task: Task, ahead: number): void {
    if (this.#tasks[0] === task) this.#become({ kind: 'waiting', ahead });
  }

  async #unlessItFails(problem: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#log('warn', `${problem}: ${String(error)} ${EndlessError.from(error).toReport().detail ?? ''}`);
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
