import type { CacheLayout, Segment } from '../../shared/cache-layout.ts';
import { turnsIn } from '../../shared/cache-layout.ts';
import { answerRoom } from '../../shared/protocol/requests.ts';
import type { CacheListener } from '../cache/cache-listener.ts';
import { longestMessage } from '../cache/room.ts';
import type { ServerMessage } from '../model/remote/chat-body.ts';
import type { HeldCache } from './held-dialogue.ts';

/** What templates put around a message and its answer, in tokens: rather too many than too few. */
export const TOKENS_AROUND = 16;

/** A turn that is sent with every message. */
interface SentTurn {
  readonly id: number;
  readonly kind: 'pinned' | 'turn';
  /** Absent for the instructions of the workspace. */
  readonly turnId: number | undefined;
  /** All that the model is told with the message. */
  readonly question: string;
  readonly answer: string;
  /** Tokens of both, with what stands around them, and those of the question alone. */
  readonly tokens: number;
  readonly questionTokens: number;
}

export type NewTurn = Omit<SentTurn, 'id'>;

/**
 * What a server is sent of a conversation with every message: the system prompt, what is pinned, and the newest turns. Servers keep the
 * beginning of what they were sent in a cache of their own; so that it often stays the same, half of the turns are left out at once
 * when there is no more room, and none in between.
 */
export class SentTurns implements HeldCache {
  /** What is left out is left out at once. */
  readonly evicting = Promise.resolve();
  readonly #system: string;
  readonly #systemTokens: number;
  readonly #listener: CacheListener;
  #window: number;
  #turns: readonly SentTurn[] = [];
  /** The sinks of other caches have 1. */
  #lastId = 1;
  #appended = 0;
  #decoded = 0;

  constructor(window: number, system: { readonly text: string; readonly tokens: number }, listener: CacheListener = {}) {
    this.#window = window;
    this.#system = system.text;
    this.#systemTokens = system.tokens;
    this.#listener = listener;
  }

  /** The system prompt stands where the sinks of a cache do. */
  get layout(): CacheLayout {
    const system = { id: 1, kind: 'sink', tokens: this.#systemTokens, header: this.#systemTokens, message: 0 } as const;
    const turns = this.#turns.map(({ id, kind, turnId, tokens, questionTokens }) => {
      return { id, kind, ...(turnId !== undefined && { turnId }), tokens, header: 0, message: questionTokens };
    });
    let start = 0;
    const segments = [system, ...turns].map((segment): Segment => {
      start += segment.tokens;
      return { ...segment, start: start - segment.tokens, answerHeader: 0, evicted: 0 };
    });
    return { window: this.#window, used: start, segments, strategy: 'resend' };
  }

  get turnIds(): readonly number[] {
    return turnsIn(this.layout);
  }

  get longestMessage(): number {
    return longestMessage(this.layout.segments, this.#window, this.#ahead);
  }

  /** Tokens of messages and answers. */
  get appendedTokens(): number {
    return this.#appended;
  }

  /** Tokens that the server evaluated for them, as far as it says so. */
  get decodedTokens(): number {
    return this.#decoded;
  }

  /** How fast a server reads is its own affair. */
  get msPerToken(): number {
    return 0;
  }

  /** Room for the answer. */
  get #ahead(): number {
    return answerRoom(this.#window, 0);
  }

  /**
   * The conversation in the protocol of servers, up to the message that is to be answered.
   *
   * @param besides a question in place of it that is none of the turns.
   */
  messages(besides?: string): readonly ServerMessage[] {
    const asked = besides ?? this.#turns.findLast(({ answer }) => answer === '')?.question;
    // Templates want the roles in turns: a message that was never answered is not sent again.
    const told = this.#turns
      .filter(({ answer }) => answer !== '')
      .flatMap(({ question, answer }): ServerMessage[] => [
        { role: 'user', content: question },
        { role: 'assistant', content: answer },
      ]);
    return [
      ...(this.#system.trim() === '' ? [] : [{ role: 'system', content: this.#system } as const]),
      ...told,
      ...(asked === undefined ? [] : [{ role: 'user', content: asked } as const]),
    ];
  }

  /** Instructions stand first, so that what is sent begins alike for as long as possible. @returns the id of its segment. */
  add(added: NewTurn): number {
    this.#lastId += 1;
    const turn = { ...added, id: this.#lastId };
    this.#turns = turn.turnId === undefined ? [turn, ...this.#turns] : [...this.#turns, turn];
    return turn.id;
  }

  /** More of the newest answer has come, or it is known better how long it is. */
  change(id: number, change: Partial<Pick<SentTurn, 'answer' | 'tokens'>>): void {
    this.#turns = this.#turns.map((turn) => (turn.id === id ? { ...turn, ...change } : turn));
  }

  /** Counts what has been said, and what the server evaluated for it. */
  count(appended: number, decoded: number): void {
    this.#appended += appended;
    this.#decoded += decoded;
  }

  pin(id: number, pinned: boolean): void {
    this.#turns = this.#turns.map((turn) => (turn.id === id ? { ...turn, kind: pinned ? 'pinned' : 'turn' } : turn));
  }

  drop(id: number): void {
    this.#turns = this.#turns.filter((turn) => turn.id !== id);
  }

  forget(turnIds: readonly number[]): void {
    this.#turns = this.#turns.filter(({ turnId }) => turnId === undefined || !turnIds.includes(turnId));
  }

  /** Leaves out all turns but the newest ones and those that are pinned. @returns how many tokens that are. */
  async compact(turnsToKeep: number): Promise<number> {
    const told = this.#turns.filter(({ turnId }) => turnId !== undefined);
    const older = told.slice(0, Math.max(0, told.length - turnsToKeep));
    return this.#leaveOut(older.filter(({ kind }) => kind === 'turn'));
  }

  /** Leaves out half of the turns, if there is no room for so many tokens more with an answer. */
  makeRoom(incoming: number): void {
    if (this.layout.used + incoming + this.#ahead > this.#window) this.#halve(incoming);
  }

  /**
   * The server has less room than was thought.
   *
   * @param told tokens of its context, if it said so.
   * @param newest the segment that has to stay.
   * @returns whether less is sent now.
   */
  shrink(told: number | undefined, newest: number): boolean {
    const before = this.layout.used;
    if (told !== undefined) this.#window = Math.min(this.#window, told);
    this.#halve(0, newest);
    return this.layout.used < before;
  }

  #halve(incoming: number, except?: number): void {
    const most = Math.min(this.#window / 2, this.#window - this.#ahead - incoming);
    let { used } = this.layout;
    const leaving: SentTurn[] = [];
    for (const turn of this.#turns) {
      if (used <= most) break;
      if (turn.kind === 'pinned' || turn.id === except) continue;
      leaving.push(turn);
      used -= turn.tokens;
    }
    this.#leaveOut(leaving);
  }

  #leaveOut(leaving: readonly SentTurn[]): number {
    if (leaving.length === 0) return 0;
    this.#turns = this.#turns.filter((turn) => !leaving.includes(turn));
    const tokens = leaving.reduce((sum, turn) => sum + turn.tokens, 0);
    const turnIds = leaving.flatMap(({ turnId }) => turnId ?? []);
    this.#listener.onEviction?.({ tokens, turnIds, goneTurnIds: turnIds });
    return tokens;
  }
}
