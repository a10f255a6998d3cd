import { createHash } from 'node:crypto';
import type { Token } from 'node-llama-cpp';
import type { Segment } from '../../shared/cache-layout.ts';
import type { PrefillOptions } from '../cache/decoder.ts';
import type { MessageTokens } from './chat-tokens.ts';
import { NO_DRAFT } from './dialogue-state.ts';
import { behind, type Ground } from './ground.ts';

/** Part of the window that is left for the message itself. */
const FOR_MESSAGE = 1 / 16;

/**
 * What is attached to a message that is being written, in a segment behind everything else: its role header, and the texts one after the
 * other. When the message is sent the segment becomes its turn's.
 */
export class Draft {
  readonly #ground: Ground;

  constructor(ground: Ground) {
    this.#ground = ground;
  }

  /**
   * Evaluates what is attached, as far as it leaves room for a message and there is room for it: nothing is evicted for what may never
   * be sent. What was attached before stays up to the first difference, and the rest is cut off.
   *
   * @throws the signal's reason between two slices; what was evaluated stays.
   */
  async stage(attachments: readonly string[], options: PrefillOptions = {}): Promise<void> {
    const { cache, chat } = this.#ground;
    const { header, attached } = chat.draft(attachments, this.#ground.position);
    const fitting = fittingPieces(attached, cache.longestMessage - cache.layout.window * FOR_MESSAGE - header.length);
    const pieces = fitting.map((tokens, at) => ({ digest: digestOf(attachments[at] ?? ''), tokens: tokens.length }));
    await this.#keep(pieces.map(({ digest }) => digest));
    if (pieces.length === 0) return;
    const tokens = [...header, ...fitting.flat()];
    if (!this.#segment) {
      if (this.#free <= header.length) return;
      const before = this.#ground.cache.layout.used;
      await this.#ground.open({ kind: 'draft' }, { tokens, header: header.length, message: 0, answerHeader: 0 });
      const lent = this.#ground.cache.layout.used - before;
      this.#ground.become({ draft: { header: header.length, lent, attached: [] } });
    }
    this.#ground.become({ draft: { ...this.#ground.state.draft, attached: pieces } });
    await cache.append(tokens.slice(this.#held, this.#held + this.#free), options);
  }

  /**
   * Makes what is staged a turn's, as far as the same is attached to that.
   *
   * @returns the tokens that are still to be appended; `undefined` when nothing of it was staged.
   */
  async assign(turnId: number, attachments: readonly string[], rendered: MessageTokens): Promise<readonly Token[] | undefined> {
    await this.#keep(attachments.map(digestOf));
    if (!this.#segment) return undefined;
    const { header, lent } = this.#ground.state.draft;
    const entering = rendered.tokens.slice(rendered.header + this.#held - header);
    this.#ground.become({ draft: NO_DRAFT });
    this.#ground.cache.assign(turnId, behind(lent, { ...rendered, header }));
    return entering;
  }

  /** Takes out what is staged. */
  async drop(): Promise<void> {
    const segment = this.#segment;
    if (!segment) return;
    await this.#ground.drop(segment.id);
    this.#ground.become({ draft: NO_DRAFT });
  }

  get #segment(): Segment | undefined {
    return this.#ground.segments.find(({ kind }) => kind === 'draft');
  }

  get #free(): number {
    const { window, used } = this.#ground.cache.layout;
    return window - used;
  }

  /** Tokens of it that are in the cache, from its beginning. */
  get #held(): number {
    return this.#ground.state.draft.lent + (this.#segment?.tokens ?? 0);
  }

  /** Cuts off what is behind the first difference; all of it where nothing is the same. */
  async #keep(digests: readonly string[]): Promise<void> {
    const { header, attached, lent } = this.#ground.state.draft;
    const differing = attached.findIndex(({ digest }, at) => digest !== digests[at]);
    const same = differing < 0 ? attached : attached.slice(0, differing);
    const kept = same.reduce((sum, { tokens }) => sum + tokens, header);
    if (same.length === 0 || this.#held < header) return this.drop();
    await this.#ground.cache.cut(this.#held - Math.min(kept, this.#held));
    if (same.length < attached.length) this.#ground.become({ draft: { header, lent, attached: [...same] } });
  }
}

function fittingPieces(pieces: readonly (readonly Token[])[], room: number): readonly (readonly Token[])[] {
  let left = room;
  const tooLong = pieces.findIndex(({ length }) => (left -= length) < 0);
  return tooLong < 0 ? pieces : pieces.slice(0, tooLong);
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}
