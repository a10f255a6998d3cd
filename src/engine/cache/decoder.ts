import type { LlamaContextSequence, SequenceEvaluateOptions, Token } from 'node-llama-cpp';
import type { TokenRange } from '../../shared/cache-layout.ts';
import type { DecodeCounter } from './decode-counter.ts';
import { dropFirstTokens } from './native.ts';
import { overlap } from './segments.ts';
import { SliceSizer } from './slice-sizer.ts';
import { evaluateScored, SCORED_BATCH } from './teacher-forcing.ts';

export interface DecoderOptions {
  /** Counts what the context really decodes. */
  readonly decodes: DecodeCounter;
  /** What every decode waits for, if anything: something that goes before it. */
  readonly giveWay?: (() => Promise<void> | undefined) | undefined;
  /** Whether somebody may have to wait for the next slice of a prefill to end, so that it is to be small. */
  readonly isHurried?: (() => boolean) | undefined;
}

/** Teacher forcing: asks how probable the model held what is appended. */
export interface Scoring {
  /** Natural logarithms of the probabilities, in order, each given all that is in the cache before; the first token of a call is not scored. */
  readonly onScored: (logProbabilities: readonly number[]) => void;
  /** The token that will come next, to be scored with this call; it is not appended. */
  readonly following?: Token | undefined;
}

export interface PrefillOptions {
  readonly signal?: AbortSignal;
  /** Tokens evaluated so far; the last slice of `generate` is not reported. */
  readonly onProgress?: (done: number) => void;
  /** Only for measuring: it costs time. */
  readonly scoring?: Scoring | undefined;
}

export interface DrawOptions {
  /** Is told how probable each token was when it was drawn, where that costs nothing (see `tellsProbability`). */
  readonly onDrawn?: ((probability: number) => void) | undefined;
}

/** What the model says, one token at a time. */
export interface Drawn {
  next(): Promise<IteratorResult<Token, void>>;
  return(): Promise<unknown>;
}

/**
 * Whether the probability of what is drawn can be had for nothing: the library sorts the candidates for it, and where sampling has
 * left only a few that is done already. At temperature 0 they are the whole vocabulary, and a token would take a third longer.
 */
export function tellsProbability({ temperature = 0, topK = 0, topP = 1 }: SequenceEvaluateOptions): boolean {
  return temperature > 0 && (topK > 0 || topP < 1);
}

/** The native side of a cache: decodes in slices, gives way before each of them, and erases. What the tokens are it does not know. */
export class Decoder {
  readonly #sequence: LlamaContextSequence;
  readonly #slices: SliceSizer;
  readonly #decodes: DecodeCounter;
  readonly #decodedBefore: number;
  readonly #giveWay: DecoderOptions['giveWay'];
  readonly #isHurried: () => boolean;
  /** Whether tokens have moved since the last decode. */
  #rotationIsDue = false;

  constructor(sequence: LlamaContextSequence, { decodes, giveWay, isHurried }: DecoderOptions) {
    this.#sequence = sequence;
    this.#slices = new SliceSizer(sequence.context.batchSize);
    this.#decodes = decodes;
    this.#decodedBefore = decodes.decoded;
    this.#giveWay = giveWay;
    this.#isHurried = isHurried ?? ((): boolean => false);
  }

  /** Tokens decoded natively since this was made. */
  get decodedTokens(): number {
    return this.#decodes.decoded - this.#decodedBefore;
  }

  /** Tokens in the native cache. */
  get cells(): number {
    return this.#sequence.nextTokenIndex;
  }

  /** The tokens themselves. */
  get tokens(): readonly Token[] {
    return this.#sequence.contextTokens;
  }

  /** Tokens that the native cache can hold before the library's own shift fires. */
  get mostCells(): number {
    return this.#sequence.contextSize - 1;
  }

  /** What a token of a prefill takes, as measured lately, in milliseconds; 0 while nothing was. */
  get msPerToken(): number {
    return this.#slices.msPerToken;
  }

  /** Of so many tokens, how many to evaluate at once. */
  sliceOf(tokens: number): number {
    return this.#slices.of(tokens, this.#isHurried());
  }

  /** Waits for what goes first, unless it is told to stop meanwhile. */
  async takeTurn(signal?: AbortSignal): Promise<void> {
    const others = this.#giveWay?.();
    if (others === undefined || signal?.aborted) return;
    const stopped = Promise.withResolvers<void>();
    const stop = (): void => stopped.resolve();
    signal?.addEventListener('abort', stop, { once: true });
    await Promise.race([others, stopped.promise]);
    signal?.removeEventListener('abort', stop);
    // Another may have come meanwhile.
    await this.takeTurn(signal);
  }

  /**
   * Evaluates tokens, slice by slice.
   *
   * @param onSlice is told of each slice when it is in the native cache.
   * @throws the signal's reason between two slices.
   */
  async prefill(tokens: readonly Token[], options: PrefillOptions, onSlice?: (slice: readonly Token[]) => void): Promise<void> {
    const { signal, onProgress, scoring } = options;
    for (let done = 0; done < tokens.length;) {
      await this.takeTurn(signal);
      signal?.throwIfAborted();
      const end = done + Math.min(this.sliceOf(tokens.length - done), scoring ? SCORED_BATCH : Infinity);
      const slice = tokens.slice(done, end);
      await this.#measured(slice.length, () =>
        this.#evaluate(slice, scoring && { ...scoring, following: tokens[end] ?? scoring.following }),
      );
      onSlice?.(slice);
      done = end < tokens.length ? end : tokens.length;
      onProgress?.(done);
    }
  }

  /**
   * Evaluates tokens in batches of the given size, as they were before: so the result is the same to the last bit.
   *
   * @param onBatch is told of each when it is in the native cache.
   * @throws the signal's reason between two batches.
   */
  async repeat(
    tokens: readonly Token[],
    size: number,
    { signal, onProgress }: PrefillOptions,
    onBatch: (batch: readonly Token[]) => void,
  ): Promise<void> {
    for (let done = 0; done < tokens.length; done += size) {
      await this.takeTurn(signal);
      signal?.throwIfAborted();
      const batch = tokens.slice(done, done + size);
      await this.#measured(batch.length, () => this.#evaluate(batch));
      onBatch(batch);
      onProgress?.(done + batch.length);
    }
  }

  /** Goes on with what the model says, from the last of these tokens on, all of which enter with the first one that is drawn. */
  draw(entering: readonly Token[], sampling: SequenceEvaluateOptions, { onDrawn }: DrawOptions = {}): Drawn {
    this.#rotationIsDue = false;
    const confidence = onDrawn !== undefined && tellsProbability(sampling);
    const stream = this.#sequence.evaluateWithMetadata([...entering], { confidence }, { ...sampling, yieldEogToken: true });
    let size = entering.length;
    return {
      next: async () => {
        const { value, done } = await this.#measured(size, () => stream.next());
        size = 1;
        if (done) return { value: undefined, done };
        if ('confidence' in value) onDrawn?.(Number(value.confidence));
        return { value: value.token, done: false };
      },
      return: () => stream.return(undefined),
    };
  }

  /**
   * Says what is likely to be said again: it is then tried several tokens at a time, where the sequence has a predictor for that.
   * What is drawn stays the same.
   */
  expectAgain(tokens: readonly Token[]): void {
    this.#sequence.tokenPredictor?.updateInputTokens([...tokens]);
  }

  /** Takes ranges out; the keys behind a gap are rotated to their new positions at the next decode. */
  async erase(ranges: readonly TokenRange[]): Promise<void> {
    if (ranges.some(({ end }) => end < this.cells)) this.#rotationIsDue = true;
    const first = ranges[0];
    if (first?.start === 0 && first.end === this.cells) await this.#sequence.clearHistory();
    else if (first?.start === 0 && ranges.length === 1) dropFirstTokens(this.#sequence, first.end);
    else await this.#sequence.eraseContextTokenRanges(ranges.map((range) => ({ ...range })));
  }

  /** Takes ranges out and computes all that stays behind them anew, for architectures whose keys cannot be rotated. */
  async rebuildWithout(ranges: readonly TokenRange[], onProgress: (done: number, total: number) => void): Promise<void> {
    const from = ranges[0]?.start ?? this.cells;
    const behind = this.#sequence.contextTokens.slice(from);
    const kept = behind.filter((_, at) => overlap({ start: from + at, end: from + at + 1 }, ranges) === 0);
    await this.erase([{ start: from, end: this.cells }]);
    await this.prefill(kept, { onProgress: (done) => onProgress(done, kept.length) });
  }

  /**
   * Writes the native state into a file. Keys are rotated only with the next decode, and the file would not know of that: so where
   * it is due, one token is decoded behind everything and cut off again.
   */
  async save(path: string): Promise<void> {
    const probe = this.#sequence.contextTokens.at(-1);
    if (this.#rotationIsDue && probe !== undefined) {
      const { cells } = this;
      await this.#evaluate([probe]);
      await this.erase([{ start: cells, end: this.cells }]);
    }
    await this.#sequence.saveStateToFile(path);
  }

  /** Takes the native state from a file that this very model and context have written: native code crashes on others. */
  async load(path: string): Promise<void> {
    await this.#sequence.loadStateFromFile(path, { acceptRisk: true });
  }

  async #evaluate(tokens: readonly Token[], scoring?: Scoring): Promise<void> {
    this.#rotationIsDue = false;
    if (scoring) scoring.onScored(await evaluateScored(this.#sequence, tokens, scoring.following));
    else await this.#sequence.evaluateWithoutGeneratingNewTokens([...tokens]);
  }

  async #measured<T>(tokens: number, decode: () => Promise<T>): Promise<T> {
    const begin = performance.now();
    const result = await decode();
    this.#slices.measured(tokens, performance.now() - begin);
    return result;
  }
}
