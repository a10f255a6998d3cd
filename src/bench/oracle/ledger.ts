import type { Token } from 'node-llama-cpp';
import type { CacheLayout, TurnParts } from '../../shared/cache-layout.ts';

/** A token that is in no vocabulary, for a place in which there should be none. */
const NONE = -1 as Token;

/**
 * The text of a conversation, kept beside its cache. It says which tokens must be left in the cache, without asking
 * the policy: what follows from the promises that the head stays, that the oldest turns leave first, and that a turn
 * loses the beginning of its message first and then that of its answer.
 */
export class Ledger {
  readonly #head: readonly Token[];
  readonly #turns = new Map<number, readonly Token[]>();
  readonly #parts = new Map<number, TurnParts>();

  /** @param head tokens that never leave */
  constructor(head: readonly Token[]) {
    this.#head = head;
  }

  open(turnId: number, parts: TurnParts): void {
    this.#parts.set(turnId, parts);
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
        return withoutBeginnings(text, this.#parts.get(turnId), text.length - segment.tokens);
      }),
    ];
  }
}

/** What a turn has left when so many tokens have gone. */
function withoutBeginnings(text: readonly Token[], parts: TurnParts | undefined, evicted: number): readonly Token[] {
  const { header = 0, message = 0, answerHeader = 0 } = parts ?? {};
  const said = text.slice(header, header + message);
  const answer = header + message + answerHeader;
  return [
    ...text.slice(0, header),
    ...said.slice(evicted),
    ...text.slice(header + message, answer),
    ...text.slice(answer + Math.max(0, evicted - said.length)),
  ];
}
