import type { Token } from 'node-llama-cpp';
import type { Segment } from '../../shared/cache-layout.ts';
import type { PrefillOptions } from '../cache/decoder.ts';
import type { DraftTokens, MessageTokens } from './chat-tokens.ts';
import { NO_DRAFT } from './dialogue-state.ts';
import { behind, type Ground } from './ground.ts';

/** Part of the window that is left for the message itself. */
const FOR_MESSAGE = 1 / 16;

/**
 * The beginning of a message that is to come, in a segment behind everything else: its role header, and what is attached to it, one text
 * after the other, or what the turn was told whose place it takes. When the message is sent the segment becomes its turn's.
 */
export class Draft {
  readonly #ground: Ground;

  constructor(ground: Ground) {
    this.#ground = ground;
  }

  /**
   * Evaluates what is attached, as far as it leaves room for a message, so that this has nothing to wait for: the oldest turns make way
   * now, as they would for the message. What was there before stays up to the first difference, and the rest is cut off.
   *
   * @throws the signal's reason between two slices; what was evaluated stays.
   */
  async stage(attachments: readonly string[], options: PrefillOptions = {}): Promise<void> {
    const { cache, chat } = this.#ground;
    const { header, attached } = chat.draft(attachments, this.#ground.position);
    const fitting = fittingPieces(attached, cache.longestMessage - cache.layout.window * FOR_MESSAGE - header.length);
    const text = fitting.flat();
    await this.#keep(text);
    if (text.length === 0) return;
    const entering = this.#segment ? this.#lackedBy(text) : await this.#open({ header, attached: fitting });
    await cache.append(entering, options);
  }

  /**
   * Makes what is drafted a turn's, as far as that begins with it.
   *
   * @returns the tokens that are still to be appended, one at least; `undefined` when nothing of it was drafted.
   */
  async assign(turnId: number, rendered: MessageTokens): Promise<readonly Token[] | undefined> {
    const text = rendered.tokens.slice(rendered.header);
    // What is generated follows a token that is evaluated now.
    await this.#keep(text.slice(0, -1));
    if (!this.#segment) return undefined;
    const { header, lent } = this.#ground.state.draft;
    const entering = this.#lackedBy(text);
    this.#ground.become({ draft: NO_DRAFT });
    this.#ground.cache.assign(turnId, behind(lent, { ...rendered, header }));
    return entering;
  }

  /**
   * Drafts what a turn was told, without its answer, for the message that takes its place. The turn must be wholly there.
   *
   * @returns whether it could: not where something is behind the turn, nor where the sinks have its beginning.
   */
  async takeBack(segment: number): Promise<boolean> {
    const { cache, segments, state } = this.#ground;
    const last = segments.at(-1);
    const isLent = state.lent > 0 && segments.slice(0, -1).every(({ kind }) => kind === 'sink');
    if (last?.id !== segment || isLent) return false;
    const { header, message, tokens } = last;
    await cache.cut(Math.max(0, tokens - header - message));
    cache.redraft();
    this.#ground.become({ draft: { header, lent: 0 } });
    return true;
  }

  /** Takes out what is drafted. */
  async drop(): Promise<void> {
    const segment = this.#segment;
    if (!segment) return;
    await this.#ground.drop(segment.id);
    this.#ground.become({ draft: NO_DRAFT });
  }

  get #segment(): Segment | undefined {
    return this.#ground.segments.find(({ kind }) => kind === 'draft');
  }

  /** Tokens of it that are in the cache, from its beginning. */
  get #held(): number {
    return this.#ground.state.draft.lent + (this.#segment?.tokens ?? 0);
  }

  /** What follows of a text whose beginning stands behind the header. */
  #lackedBy(text: readonly Token[]): readonly Token[] {
    return text.slice(this.#held - this.#ground.state.draft.header);
  }

  /** @returns the tokens that are to be appended. */
  async #open({ header, attached }: DraftTokens): Promise<readonly Token[]> {
    const tokens = [...header, ...attached.flat()];
    const { own } = await this.#ground.open({ kind: 'draft' }, { tokens, header: header.length, message: 0, answerHeader: 0 });
    this.#ground.become({ draft: { header: header.length, lent: tokens.length - own.length } });
    return own;
  }

  /** Cuts off what is behind the first difference to a text; all of it where nothing is the same. */
  async #keep(text: readonly Token[]): Promise<void> {
    const segment = this.#segment;
    if (!segment) return;
    const { header, lent } = this.#ground.state.draft;
    const drafted = this.#ground.cache.tokensFrom(segment.start - lent + header);
    const differing = drafted.findIndex((token, at) => token !== text[at]);
    const same = differing < 0 ? drafted.length : differing;
    if (same === 0 || header + same <= lent) return this.drop();
    await this.#ground.cache.cut(drafted.length - same);
  }
}

function fittingPieces(pieces: readonly (readonly Token[])[], room: number): readonly (readonly Token[])[] {
  let left = room;
  const tooLong = pieces.findIndex(({ length }) => (left -= length) < 0);
  return tooLong < 0 ? pieces : pieces.slice(0, tooLong);
}
