import type { EngineSettings } from '../../shared/protocol/engine-settings.ts';
import type { Turn } from '../../shared/protocol/turn.ts';
import type { ChatSlot } from './chat-slot.ts';
import type { Publisher } from './publisher.ts';
import type { Task, TurnWorker } from './turn-worker.ts';

/** The turns of a conversation whose answers have not ended: they are worked on one after the other, in the chat slot. */
export class TurnQueue {
  readonly #slot: ChatSlot;
  readonly #worker: TurnWorker;
  readonly #publisher: Publisher;
  #isClosing = false;
  /** The running one first. */
  #tasks: readonly Task[] = [];
  #running: Task | undefined;

  constructor(slot: ChatSlot, worker: TurnWorker, publisher: Publisher) {
    this.#slot = slot;
    this.#worker = worker;
    this.#publisher = publisher;
  }

  add(turn: Turn, settings: EngineSettings): void {
    const task: Task = { turn, settings, stop: new AbortController(), forgotten: new AbortController() };
    this.#tasks = [...this.#tasks, task];
    void this.#slot.exclusively(
      () => this.#take(task),
      (ahead) => this.#waitsBehind(task, ahead),
    );
  }

  /** Whether a turn waits to be worked on. */
  waits(turnId: number): boolean {
    return this.#tasks.some((task) => task.turn.id === turnId && task !== this.#running);
  }

  /** Ends the answer of a turn, unless it is over; where none is named the running one, or the next one if it still waits. */
  stop(turnId?: number): void {
    const task = turnId === undefined ? this.#tasks[0] : this.#tasks.find(({ turn }) => turn.id === turnId);
    task?.stop.abort();
  }

  /** Ends the running answer, and all that wait with nothing answered. */
  stopAll(): void {
    for (const { stop } of this.#tasks) stop.abort();
  }

  /** Nobody hears of these turns any more: what runs is stopped, and what waits is never worked on. */
  forget(isForgotten: (turnId: number) => boolean): void {
    for (const { stop, forgotten } of this.#tasks.filter(({ turn }) => isForgotten(turn.id))) {
      forgotten.abort();
      stop.abort();
    }
    this.#tasks = this.#tasks.filter((task) => !task.forgotten.signal.aborted);
    if (this.#publisher.activity.kind === 'waiting' && this.#tasks.length === 0) this.#publisher.rest();
  }

  /** Ends the running answer and takes on no more. */
  shutDown(): void {
    this.#isClosing = true;
    this.stop();
  }

  async #take(task: Task): Promise<void> {
    if (this.#isClosing || task.forgotten.signal.aborted) return;
    this.#running = task;
    await this.#worker.take(task);
    this.#running = undefined;
    this.#tasks = this.#tasks.filter((other) => other !== task);
    this.#publisher.rest();
  }

  /** Tells how many go before a message, unless another one of this conversation is being answered. */
  #waitsBehind(task: Task, ahead: number): void {
    if (this.#tasks[0] === task) this.#publisher.become({ kind: 'waiting', ahead });
  }
}
