import type { EngineConnection } from '../../link/rpc.ts';
import type { ErrorReport } from '../../shared/errors.ts';
import type { Address } from '../../shared/protocol/address.ts';
import type { ConversationSnapshot } from '../../shared/protocol/conversation.ts';
import type { Turn } from '../../shared/protocol/turn.ts';
import { withText, withoutTurn, withTurns } from '../../shared/turns.ts';
import type { HostMessage } from '../../shared/view-messages.ts';

/** Turns that a page of the transcript has, and that are kept for a view that comes back. */
export const PAGE_TURNS = 50;

type Change = (snapshot: ConversationSnapshot) => ConversationSnapshot;

/** The engine's conversation as this window knows it: a snapshot, kept up to date by events. */
export class ConversationMirror {
  readonly #address: Address;
  readonly #tell: (message: HostMessage) => void;
  #snapshot: ConversationSnapshot | undefined;

  /** @param tell is given every change, for the view. */
  constructor(address: Address, tell: (message: HostMessage) => void) {
    this.#address = address;
    this.#tell = tell;
  }

  /** The newest page of the conversation; undefined before the first connection. */
  get snapshot(): ConversationSnapshot | undefined {
    return this.#snapshot;
  }

  /**
   * Mirrors the conversation over a new connection, in place of the former one.
   *
   * @returns what the user should know of how it was opened, if anything.
   */
  async attach(connection: EngineConnection): Promise<ErrorReport | undefined> {
    // Events that overtake the snapshot are newer than it.
    let early: (() => void)[] | undefined = [];
    const on = (conversationId: string, change: Change, message: HostMessage): void => {
      if (conversationId !== this.#address.conversationId) return;
      const apply = (): void => this.#change(change, message);
      if (early) early.push(apply);
      else apply();
    };
    connection.onEvent('turn', ({ address, turn }) => {
      on(address.conversationId, (snapshot) => newestPage(snapshot, withTurns(snapshot.turns, [turn])), { type: 'turn', turn });
    });
    connection.onEvent('forgotten', ({ address, ...which }) => {
      const change: Change = (snapshot) => ({ ...snapshot, turns: withoutTurn(snapshot.turns, which) });
      on(address.conversationId, change, { type: 'forgotten', ...which });
    });
    connection.onEvent('replaced', ({ address, conversation }) => {
      on(address.conversationId, () => conversation, { type: 'replaced', conversation });
    });
    connection.onEvent('text', ({ address, ...text }) => {
      on(address.conversationId, (snapshot) => ({ ...snapshot, turns: withText(snapshot.turns, text) }), { type: 'text', ...text });
    });
    connection.onEvent('status', ({ address, status }) => {
      on(address.conversationId, (snapshot) => ({ ...snapshot, status }), { type: 'status', status });
    });
    const { notice, ...snapshot } = await connection.request('open', { address: this.#address, turns: PAGE_TURNS });
    this.#snapshot = snapshot;
    const overtaking = early;
    early = undefined;
    for (const apply of overtaking) apply();
    return notice;
  }

  #change(change: Change, message: HostMessage): void {
    if (!this.#snapshot) return;
    this.#snapshot = change(this.#snapshot);
    this.#tell(message);
  }
}

function newestPage(snapshot: ConversationSnapshot, turns: readonly Turn[]): ConversationSnapshot {
  const kept = turns.slice(-PAGE_TURNS);
  return { ...snapshot, turns: kept, hasEarlier: snapshot.hasEarlier || kept.length < turns.length };
}
