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
  readonly #pinned = new Set<number>();
  /** What stands behind all turns and belongs to none. */
  #draft: readonly Token[] = [];

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
    this.#pinned.delete(turnId);
  }

  /** Takes tokens out of a turn, from one of its places on. */
  omit(turnId: number, at: number, tokens: number): void {
    const text = this.#turns.get(turnId) ?? [];
    this.#turns.set(turnId, [...text.slice(0, at), ...text.slice(at + tokens)]);
  }

  /** Pins a turn, or lets it be evicted again: as the oldest one, whatever has left before it. */
  pin(turnId: number, pinned: boolean, { segments }: CacheLayout): void {
    const left = new Set(this.#expected(segments).map(([id]) => id));
    for (const id of [...this.#turns.keys()].filter((known) => !left.has(known))) this.forget(id);
    if (pinned) this.#pinned.add(turnId);
    else this.#pinned.delete(turnId);
  }

  draft(tokens: readonly Token[]): void {
    this.#draft = [...this.#draft, ...tokens];
  }

  /** Takes as many of its last tokens from the draft. */
  cutDraft(tokens: number): void {
    this.#draft = this.#draft.slice(0, Math.max(0, this.#draft.length - tokens));
  }

  /** A turn begins with what is drafted. */
  assign(turnId: number): void {
    this.add(turnId, this.#draft);
    this.#draft = [];
  }

  /** How many places of the cache hold another token than they must. */
  misplaced({ segments }: CacheLayout, cached: readonly Token[]): number {
    const expected = this.#left(segments);
    const places = Math.max(expected.length, cached.length);
    return Array.from({ length: places }, (_, at) => (expected[at] ?? NONE) !== (cached[at] ?? NONE)).filter(Boolean).length;
  }

  #left(segments: CacheLayout['segments']): readonly Token[] {
    return [
      ...this.#head,
      ...this.#expected(segments).flatMap(([turnId, text]) => {
        const segment = segments.find((candidate) => candidate.turnId === turnId);
        if (!segment) return text;
        return withoutBeginnings(text, this.#parts.get(turnId), text.length - segment.tokens);
      }),
      ...this.#draft,
    ];
  }

  /** The turns of which something must be left: those that are pinned, and all from the oldest other one on. */
  #expected(segments: CacheLayout['segments']): readonly (readonly [number, readonly Token[]])[] {
    const others = segments.flatMap(({ turnId }) => (turnId === undefined || this.#pinned.has(turnId) ? [] : [turnId]));
    const oldest = Math.min(...others);
    return [...this.#turns].filter(([turnId]) => turnId >= oldest || this.#pinned.has(turnId));
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
