import { isDeepStrictEqual } from 'node:util';
import type { Address } from '../../shared/protocol/address.ts';
import type { ConversationSnapshot } from '../../shared/protocol/conversation.ts';
import type { EventName, EventParams } from '../../shared/protocol/protocol.ts';
import type { Activity, Status } from '../../shared/protocol/status.ts';
import type { Turn } from '../../shared/protocol/turn.ts';
import { Throttle } from './throttle.ts';

/** Sends an event to every client that has this conversation open. */
export type Broadcast = <N extends EventName>(name: N, params: EventParams<N>) => void;

/** Which turns are gone. */
export type Forgotten = Omit<EventParams<'forgotten'>, 'address'>;

/** Time between two status events, in milliseconds. */
const STATUS_MS = 100;

/** Tells the clients of a conversation what becomes of it. */
export class Publisher {
  readonly #address: Address;
  readonly #broadcast: Broadcast;
  readonly #readStatus: () => Status;
  readonly #throttle = new Throttle(STATUS_MS, () => this.#publishStatus());
  #activity: Activity = { kind: 'idle' };
  /** What everybody knows; nothing when somebody may know something else. */
  #told: Status | undefined;

  /** @param readStatus gives the status as it is now; its activity is this one's. */
  constructor(address: Address, broadcast: Broadcast, readStatus: () => Status) {
    this.#address = address;
    this.#broadcast = broadcast;
    this.#readStatus = readStatus;
  }

  /** What is being done for the conversation. */
  get activity(): Activity {
    return this.#activity;
  }

  /** Something else is being done, or the same has come further. */
  become(activity: Activity): void {
    this.#activity = activity;
    this.status();
  }

  /** Nothing is being done any more. */
  rest(): void {
    this.become({ kind: 'idle' });
  }

  /** Tells the status, unless it is what was told last: at once, or when the last one is as old as an interval. */
  status(): void {
    this.#throttle.request();
  }

  /** Somebody is told the status otherwise: the next one is told in any case. */
  tellsAnew(): void {
    this.#told = undefined;
  }

  turn(turn: Turn): void {
    this.#broadcast('turn', { address: this.#address, turn });
  }

  text(text: Omit<EventParams<'text'>, 'address'>): void {
    this.#broadcast('text', { address: this.#address, ...text });
  }

  forgotten(which: Forgotten): void {
    this.#broadcast('forgotten', { address: this.#address, ...which });
  }

  /** The transcript is another than before. */
  replaced(conversation: ConversationSnapshot): void {
    this.#broadcast('replaced', { address: this.#address, conversation });
  }

  log(level: EventParams<'log'>['level'], message: string): void {
    this.#broadcast('log', { level, message });
  }

  close(): void {
    this.#throttle.cancel();
  }

  /** Called by timers and in the middle of other work, which a transcript that cannot be read must not end. */
  #publishStatus(): void {
    try {
      const status = this.#readStatus();
      if (isDeepStrictEqual(status, this.#told)) return;
      this.#told = status;
      this.#broadcast('status', { address: this.#address, status });
    } catch (error) {
      this.log('error', `the status cannot be told: ${String(error)}`);
    }
  }
}
