import type { Token } from 'node-llama-cpp';
import type { CacheLayout } from '../../shared/cache-layout.ts';

/** A token that is in no vocabulary, for a place in which there should be none. */
const NONE = -1 as Token;

/**
 * The text of a conversation, kept beside its cache. It says which tokens must be left in the cache, without asking
 * the policy: what follows from the promises that the head stays, that the oldest turns leave first, and that a turn
 * loses tokens only right behind its header.
 */
export class Ledger {
  readonly #head: readonly Token[];
  readonly #turns = new Map<number, readonly Token[]>();

  /** @param head tokens that never leave */
  constructor(head: readonly Token[]) {
    this.#head = head;
  }

  add(turnId: number, tokens: readonly Token[]): void {
    this.#turns.set(turnId, [...(this.#turns.get(turnId) ?? []), ...tokens]);
  }

  /** Takes as many of its last tokens from a turn. */
  cut(turnId: number, tokens: number): void {
    const text = this.#turns.get(turnId) ?? [];
    this.#turns.set(turnId, text.slice(0, text.length - tokens));
  }

  forget(turnId: number): void {
    this.#turns.delete(turnId);
  }

  /** How many places of the cache hold another token than they must. */
  misplaced({ segments }: CacheLayout, cached: readonly Token[]): number {
    const expected = this.#left(segments);
    const places = Math.max(expected.length, cached.length);
    return Array.from({ length: places }, (_, at) => (expected[at] ?? NONE) !== (cached[at] ?? NONE)).filter(Boolean).length;
  }

  #left(segments: CacheLayout['segments']): readonly Token[] {
    const oldest = Math.min(...segments.flatMap(({ turnId }) => turnId ?? []));
    const turns = [...this.#turns].filter(([turnId]) => turnId >= oldest);
    return [
      ...this.#head,
      ...turns.flatMap(([turnId, text]) => {
        const segment = segments.find((candidate) => candidate.turnId === turnId);
        if (!segment) return text;
        const evicted = text.length - segment.tokens;
        return [...text.slice(0, segment.header), ...text.slice(segment.header + evicted)];
      }),
    ];
  }
}
