import type { Passage } from '../../shared/protocol/completion.ts';
import { canCutBack } from '../model/shift-capability.ts';
import { openContext, type ContextOptions, type RoleContext } from '../model/role-context.ts';
import type { Weights } from '../model/weights.ts';
import { CompletionCache, type HeldPassage } from './completion-cache.ts';
import type { FrameLimits } from './frame.ts';
import { InfillFormat } from './infill.ts';

/** Parts of the window. What was typed is mostly short, and passages leave for it when it is not. */
const PREFIX = 0.45;
const TYPED = 0.2;
const SUFFIX = 0.15;
const PATH = 0.05;
const PASSAGES = 0.25;
const GENERATED = 0.1;

/** Characters of a token of code; dense code has fewer. */
const CHARS_PER_TOKEN = 3;

/** Where completions are made: a context of their own, its cache, and the model's way to be shown a hole. */
export class CompletionContext {
  readonly weights: Weights;
  readonly format: InfillFormat;
  readonly #role: RoleContext;
  readonly #capacity: number;
  #cache: CompletionCache;
  /** Of the passages that were asked for last; others will not come again under the same number. */
  #numbers: ReadonlyMap<string, number> = new Map();
  #lastNumber = 0;

  private constructor(weights: Weights, format: InfillFormat, role: RoleContext, wished: number) {
    this.weights = weights;
    this.format = format;
    this.#role = role;
    this.#capacity = Math.min(wished, role.context.contextSize - 1);
    this.#cache = this.#emptyCache('');
  }

  /**
   * @param window tokens that it is to hold; a model that was trained on less gets less, and so does one without room.
   * @param makeWay closes it for the chat.
   * @returns why not, for a model that cannot complete: it was not made to, or its state cannot be cut back, so that every key
   * would read everything again.
   */
  static async open(
    weights: Weights,
    window: number,
    makeWay?: ContextOptions['makeWay'],
  ): Promise<CompletionContext | 'no-infill' | 'no-rewind'> {
    const format = InfillFormat.of(weights);
    if (!format) return 'no-infill';
    if (!canCutBack(weights.obstacle)) return 'no-rewind';
    const role = await openContext(weights, { role: 'completion', tokens: window }, { makeWay });
    return new CompletionContext(weights, format, role, Math.min(window, weights.file.trainedContext || window));
  }

  get cache(): CompletionCache {
    return this.#cache;
  }

  /**
   * Begins with an empty cache, for what stood before a text lives on in it, also when it has been erased itself.
   *
   * @param repository whose files are completed; empty for files of none.
   */
  async begin(repository: string): Promise<void> {
    await this.#role.sequence.clearHistory();
    this.#numbers = new Map();
    this.#cache = this.#emptyCache(repository);
  }

  /**
   * How much text a frame may hold, in characters.
   *
   * @param density how many times as many tokens the text has as code usually does.
   */
  limits(density: number): FrameLimits {
    const chars = (this.cache.capacity * CHARS_PER_TOKEN) / density;
    const part = (share: number): number => Math.floor(chars * share);
    return { prefix: part(PREFIX), typed: part(TYPED), suffix: this.format.seesSuffix ? part(SUFFIX) : 0, path: part(PATH) };
  }

  /** Tokens decoded since the context was opened. */
  get decodedTokens(): number {
    return this.#role.decodes.decoded;
  }

  /** Most tokens to generate. */
  get reserve(): number {
    return Math.ceil(this.cache.capacity * GENERATED);
  }

  /** Lets the passages go that are not among these: they may be another window's. */
  async keep(passages: readonly Passage[]): Promise<void> {
    const ids = new Set(passages.flatMap((passage) => this.#numbers.get(keyOf(passage)) ?? []));
    await this.cache.keep(ids);
  }

  /**
   * The newest of the passages that fit into their part of the window and beside a prompt, in order, each once and under a
   * number that stays its own. None where what stands behind a passage that leaves would have to be computed again.
   *
   * @param prompt tokens of the prompt that is to stand behind them.
   */
  fitting(passages: readonly Passage[], prompt: number): readonly HeldPassage[] {
    if (this.weights.obstacle !== undefined) return [];
    const byKey = new Map(passages.map((passage) => [keyOf(passage), passage]));
    this.#numbers = new Map([...byKey.keys()].map((key) => [key, this.#numbers.get(key) ?? ++this.#lastNumber]));
    const fitting: HeldPassage[] = [];
    let left = Math.min(this.cache.capacity * PASSAGES, this.cache.capacity - prompt - this.reserve);
    for (const [key, passage] of [...byKey].toReversed()) {
      const tokens = this.format.passage(passage);
      left -= tokens.length;
      if (left < 0) break;
      fitting.unshift({ id: this.#numbers.get(key) ?? NaN, tokens });
    }
    return fitting;
  }

  dispose(): Promise<void> {
    return this.#role.context.dispose();
  }

  #emptyCache(repository: string): CompletionCache {
    const canShift = this.weights.obstacle === undefined;
    return new CompletionCache(this.#role, {
      capacity: this.#capacity,
      canShift,
      head: this.format.head(repository.slice(0, Math.floor(this.#capacity * PATH))),
    });
  }
}

function keyOf({ path, text }: Passage): string {
  return `${path}\n${text}`;
}
