import { describe, expect, test } from 'vitest';
import { ConversationMirror, PAGE_TURNS } from '../../../src/extension/chat/conversation-mirror.ts';
import { EndlessError } from '../../../src/shared/errors.ts';
import type { EngineConnection } from '../../../src/link/rpc.ts';
import type { Address } from '../../../src/shared/protocol/address.ts';
import type { ConversationSnapshot } from '../../../src/shared/protocol/conversation.ts';
import type { EventName, EventParams } from '../../../src/shared/protocol/protocol.ts';
import type { Turn } from '../../../src/shared/protocol/turn.ts';
import type { HostMessage } from '../../../src/shared/view-messages.ts';
import { status } from '../../webview/fixtures/conversation.ts';

const ADDRESS: Address = { conversationId: 'demo' };
const OTHER: Address = { ...ADDRESS, conversationId: 'other' };
const turn = (id: number, answer = ''): Turn => ({ id, createdAt: id, section: 0, state: 'running', message: `message ${id}`, answer });

/** A connection on which the test decides what comes first. */
class Wire {
  readonly told: HostMessage[] = [];
  readonly mirror = new ConversationMirror(ADDRESS, (message) => this.told.push(message));
  readonly #listeners = new Map<string, (params: never) => void>();
  #answer = Promise.withResolvers<ConversationSnapshot>();
  #attached: Promise<unknown> = Promise.resolve();

  /** A new connection, on which nothing has come yet. */
  attach(): void {
    this.#answer = Promise.withResolvers();
    this.#attached = this.mirror.attach({
      request: () => this.#answer.promise,
      onEvent: (name: EventName, listener: (params: never) => void) => this.#listeners.set(name, listener),
      closed: new Promise(() => undefined),
      close: () => undefined,
    } as unknown as EngineConnection);
  }

  event<N extends EventName>(name: N, params: EventParams<N>): void {
    this.#listeners.get(name)?.(params as never);
  }

  async snapshot(...turns: Turn[]): Promise<void> {
    this.#answer.resolve({ turns, hasEarlier: false, status: status() });
    await this.#attached;
  }

  async refuse(): Promise<void> {
    this.#answer.reject(new EndlessError('engine-crashed'));
    await expect(this.#attached).rejects.toMatchObject({ code: 'engine-crashed' });
  }
}

function attached(): Wire {
  const wire = new Wire();
  wire.attach();
  return wire;
}

describe('the mirror of a conversation', () => {
  test('follows the events of its conversation and of no other', async () => {
    const wire = attached();
    await wire.snapshot(turn(1));
    wire.event('text', { address: OTHER, turnId: 1, offset: 0, text: 'not mine' });
    wire.event('text', { address: ADDRESS, turnId: 1, offset: 0, text: 'mine' });
    expect(wire.mirror.snapshot?.turns).toEqual([turn(1, 'mine')]);
    expect(wire.told).toEqual([{ type: 'text', turnId: 1, offset: 0, text: 'mine' }]);
  });

  test('loses no event that comes before the snapshot it follows on', async () => {
    const wire = attached();
    wire.event('text', { address: ADDRESS, turnId: 1, offset: 4, text: 'two' });
    wire.event('turn', { address: ADDRESS, turn: turn(2) });
    await wire.snapshot(turn(1, 'one '));
    expect(wire.mirror.snapshot?.turns).toEqual([turn(1, 'one two'), turn(2)]);
  });

  test('tells the events that came early after it has taken them', async () => {
    const wire = attached();
    wire.event('text', { address: ADDRESS, turnId: 1, offset: 0, text: 'one' });
    expect(wire.told).toEqual([]);
    await wire.snapshot(turn(1));
    expect(wire.told).toEqual([{ type: 'text', turnId: 1, offset: 0, text: 'one' }]);
  });

  test('is replaced by what the next engine says', async () => {
    const wire = attached();
    await wire.snapshot(turn(1, 'half'));
    wire.attach();
    wire.event('turn', { address: ADDRESS, turn: turn(2) });
    expect(wire.mirror.snapshot?.turns).toEqual([turn(1, 'half')]);
    await wire.snapshot(turn(1, 'half an answer'));
    expect(wire.mirror.snapshot?.turns).toEqual([turn(1, 'half an answer'), turn(2)]);
  });

  test('stays as it was when the next engine does not answer', async () => {
    const wire = attached();
    await wire.snapshot(turn(1));
    wire.attach();
    await wire.refuse();
    expect(wire.mirror.snapshot?.turns).toEqual([turn(1)]);
  });

  test('follows the status', async () => {
    const wire = attached();
    await wire.snapshot();
    wire.event('status', { address: ADDRESS, status: status({ evictedUpTo: 7 }) });
    expect(wire.mirror.snapshot?.status.evictedUpTo).toBe(7);
  });

  test('keeps one page and says that there is more', async () => {
    const wire = attached();
    await wire.snapshot(...Array.from({ length: PAGE_TURNS }, (_, index) => turn(index + 1)));
    wire.event('turn', { address: ADDRESS, turn: turn(PAGE_TURNS + 1) });
    expect(wire.mirror.snapshot?.turns).toHaveLength(PAGE_TURNS);
    expect(wire.mirror.snapshot?.turns[0]?.id).toBe(2);
    expect(wire.mirror.snapshot?.hasEarlier).toBe(true);
  });

  test('drops a turn that is forgotten', async () => {
    const wire = attached();
    await wire.snapshot(turn(1), turn(2));
    wire.event('forgotten', { address: ADDRESS, turnId: 2 });
    expect(wire.mirror.snapshot?.turns).toEqual([turn(1)]);
  });
});
