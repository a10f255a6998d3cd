import { EndlessError } from '../../src/shared/errors.ts';
import type { CacheLayout, Segment } from '../../src/shared/cache-layout.ts';

const SINK_TOKENS = 20;
const HEADER_TOKENS = 3;

interface CachedTurn {
  readonly turnId: number;
  readonly tokens: number;
  readonly pinned: boolean;
}

/** Keeps count of a cache that rolls as the real one does: sinks stay, the oldest turns leave whole. */
export class ScriptedCache {
  #turns: readonly CachedTurn[] = [];
  #instructions = 0;
  #evictedUpTo = 0;

  get evictedUpTo(): number {
    return this.#evictedUpTo;
  }

  /** What the workspace tells the model stays, as the sinks do. */
  pin(instructions: string): void {
    this.#instructions = countTokens(instructions);
  }

  append(turnId: number, tokens: number): void {
    this.#turns = [...this.#turns, { turnId, tokens: tokens + HEADER_TOKENS, pinned: false }];
  }

  /** @throws EndlessError as the real one. */
  pinTurn(turnId: number, pinned: boolean, window: number): void {
    if (!this.#turns.some((turn) => turn.turnId === turnId)) throw new EndlessError('turn-not-cached');
    const turns = this.#turns.map((turn) => (turn.turnId === turnId ? { ...turn, pinned } : turn));
    const tokens = turns.reduce((sum, turn) => sum + (turn.pinned ? turn.tokens : 0), this.#instructions);
    if (tokens > window / 2) throw new EndlessError('pins-too-large', { tokens, most: window / 2, title: 'another message' });
    this.#turns = turns;
  }

  forget(turnId: number): void {
    this.#turns = this.#turns.filter((turn) => turn.turnId !== turnId);
  }

  clear(evictedUpTo: number): void {
    this.#turns = [];
    this.#evictedUpTo = evictedUpTo;
  }

  /** @returns the tokens that left, and in how many turns. */
  makeRoom(window: number): { readonly tokens: number; readonly turns: number } {
    let tokens = 0;
    let turns = 0;
    const oldestOf = (): CachedTurn | undefined => this.#turns.slice(0, -1).find(({ pinned }) => !pinned);
    for (let oldest = oldestOf(); oldest && this.#used() > window; oldest = oldestOf()) {
      this.forget(oldest.turnId);
      this.#evictedUpTo = oldest.turnId;
      tokens += oldest.tokens;
      turns += 1;
    }
    return { tokens, turns };
  }

  /** @returns the tokens that left. */
  compact(turnsToKeep: number): number {
    const leaving = this.#turns.slice(0, Math.max(0, this.#turns.length - turnsToKeep)).filter(({ pinned }) => !pinned);
    this.#turns = this.#turns.filter((turn) => !leaving.includes(turn));
    this.#evictedUpTo = leaving.at(-1)?.turnId ?? this.#evictedUpTo;
    return leaving.reduce((sum, { tokens }) => sum + tokens, 0);
  }

  layout(window: number): CacheLayout {
    const whole = { header: 0, message: 0, answerHeader: 0, evicted: 0 };
    const segments: Segment[] = [{ id: 0, kind: 'sink', tokens: SINK_TOKENS, start: 0, ...whole }];
    if (this.#instructions > 0) segments.push({ id: -1, kind: 'pinned', tokens: this.#instructions, start: SINK_TOKENS, ...whole });
    let start = SINK_TOKENS + this.#instructions;
    for (const { turnId, tokens, pinned } of this.#turns) {
      segments.push({
        id: turnId,
        kind: pinned ? 'pinned' : 'turn',
        turnId,
        tokens,
        start,
        header: HEADER_TOKENS,
        message: 0,
        answerHeader: 0,
        evicted: 0,
      });
      start += tokens;
    }
    return { window, used: start, segments, strategy: 'streaming' };
  }

  #used(): number {
    return this.#turns.reduce((sum, turn) => sum + turn.tokens, SINK_TOKENS + this.#instructions);
  }
}

/** Words stand for tokens. */
export function countTokens(text: string): number {
  return text.split(/\s+/).filter((word) => word !== '').length;
}
