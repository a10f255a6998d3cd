import type { Address } from '../../shared/protocol/address.ts';
import type { SearchHit } from '../../shared/protocol/conversation.ts';
import type { RequestResult } from '../../shared/protocol/protocol.ts';
import type { Sample } from '../../shared/protocol/sample.ts';
import type { Turn } from '../../shared/protocol/turn.ts';
import { MOST_HITS } from '../../shared/view-messages.ts';
import { PAGE_TURNS } from '../chat/conversation-mirror.ts';
import type { EngineClient } from '../engine/engine-client.ts';

/** Turns that are fetched at once when all of them are. */
const MANY_TURNS = 500;

/** A part of the transcript around a turn. */
export interface Surroundings {
  readonly turns: Turn[];
  readonly hasEarlier: boolean;
  readonly hasLater: boolean;
}

/** The transcript of the window's conversation, which the engine has. Every method throws what keeps the engine from answering. */
export class History {
  readonly #engine: EngineClient;
  readonly #address: Address;

  constructor(engine: EngineClient, address: Address) {
    this.#engine = engine;
    this.#address = address;
  }

  /** A page of the turns before one. */
  earlier(before: number): Promise<RequestResult<'history'>> {
    return this.#engine.requestUntilAnswered('history', { address: this.#address, before, turns: PAGE_TURNS });
  }

  /** A page of the turns behind one. */
  later(after: number): Promise<RequestResult<'later'>> {
    return this.#engine.requestUntilAnswered('later', { address: this.#address, after, turns: PAGE_TURNS });
  }

  /** A page with a turn in the middle; where it is gone, with those that were beside it. */
  async around(turnId: number): Promise<Surroundings> {
    const [address, turns] = [this.#address, PAGE_TURNS / 2];
    const earlier = await this.#engine.requestUntilAnswered('history', { address, before: turnId + 1, turns });
    const later = await this.#engine.requestUntilAnswered('later', { address, after: turnId, turns });
    return { turns: [...earlier.turns, ...later.turns], hasEarlier: earlier.hasEarlier, hasLater: later.hasLater };
  }

  /** One turn; undefined when it is not there. */
  async turn(turnId: number): Promise<Turn | undefined> {
    const { turns } = await this.#engine.requestUntilAnswered('history', { address: this.#address, before: turnId + 1, turns: 1 });
    return turns.find(({ id }) => id === turnId);
  }

  /** All turns, oldest first, a page after the other. */
  async *pages(): AsyncGenerator<readonly Turn[], void, undefined> {
    for (let after = 0, hasLater = true; hasLater;) {
      const page = await this.#engine.requestUntilAnswered('later', { address: this.#address, after, turns: MANY_TURNS });
      if (page.turns.length > 0) yield page.turns;
      hasLater = page.hasLater;
      after = page.turns.at(-1)?.id ?? after;
    }
  }

  /** How many turns there are. */
  async size(): Promise<number> {
    return (await this.#engine.requestUntilAnswered('size', { address: this.#address })).turns;
  }

  /** What was measured at the end of answers from a time on, oldest first. */
  async samples(since: number): Promise<Sample[]> {
    return (await this.#engine.requestUntilAnswered('samples', { address: this.#address, since })).samples;
  }

  /** Where a text stands, the best places first. */
  async search(query: string): Promise<SearchHit[]> {
    return (await this.#engine.requestUntilAnswered('search', { address: this.#address, query, limit: MOST_HITS })).hits;
  }

  /** @returns how many turns were cleared. */
  async clear(): Promise<number> {
    return (await this.#engine.requestUntilAnswered('clear', { address: this.#address })).turns;
  }

  /** @returns how many turns are back; 0 when it is too late. */
  async undoClear(): Promise<number> {
    return (await this.#engine.requestUntilAnswered('undoClear', { address: this.#address })).turns;
  }

  /** Deletes what was cleared for good. */
  async deleteCleared(): Promise<void> {
    await this.#engine.requestUntilAnswered('deleteCleared', { address: this.#address });
  }
}
