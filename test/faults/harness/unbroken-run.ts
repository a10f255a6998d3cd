import type { Token } from 'node-llama-cpp';
import { distributionAfter, type Distribution } from '../../../src/engine/cache/distribution.ts';
import type { Dialogue } from '../../../src/engine/conversation/dialogue.ts';
import type { PastTurn } from '../../../src/engine/conversation/past-turns.ts';
import { openDialogue } from '../../../src/engine/conversation/open-dialogue.ts';
import type { LoadedModel } from '../../../src/engine/model/loaded-model.ts';
import type { CacheLayout } from '../../../src/shared/cache-layout.ts';
import type { EngineSettings } from '../../../src/shared/protocol/engine-settings.ts';
import type { Turn } from '../../../src/shared/protocol/turn.ts';
import { forcedSequence } from './forced-sequence.ts';

/** What a turn came to, as its cache was found after the kill. */
export interface HeldTurn {
  readonly turn: Turn;
  /** Tokens of the answer, without those that close it. */
  readonly said: readonly Token[];
  /** Whether the model had ended it. */
  readonly ends: boolean;
}

/** The same conversation in a process that nobody kills. */
export class UnbrokenRun {
  readonly #loaded: LoadedModel;
  readonly #settings: EngineSettings;
  #dialogue: Dialogue | undefined;
  #said: Token[] = [];
  #stop = new AbortController();

  constructor(loaded: LoadedModel, settings: EngineSettings) {
    this.#settings = settings;
    const next = (): Token => {
      const token = this.#said.shift();
      if (token === undefined) throw new Error('the unbroken run went on where the other did not');
      if (this.#said.length === 0) this.#stop.abort();
      return token;
    };
    this.#loaded = { ...loaded, sequence: forcedSequence(loaded.sequence, next) };
  }

  get layout(): CacheLayout {
    return this.#begun.cache.layout;
  }

  /** Begins with nothing, or as an engine does that has nothing but the text. */
  async begin(past: readonly PastTurn[] = []): Promise<void> {
    this.#dialogue = await openDialogue(this.#loaded, this.#settings.systemPrompt);
    await this.#dialogue.refill(past, () => undefined);
  }

  /** A turn that was answered, wholly or in part: stopped by the user where the other was killed. */
  async take({ turn, said, ends }: HeldTurn): Promise<void> {
    this.#stop = new AbortController();
    this.#said = ends ? [...said, this.#endOfTurn] : [...said];
    // The end of an answer that came by itself is none that was asked for.
    const { signal } = ends || turn.finish === 'length' ? new AbortController() : this.#stop;
    await this.#hear(turn, signal);
  }

  /** A turn of which nothing was said: taken back when the room for it had been made already. */
  async takeBack(turn: Turn): Promise<void> {
    const controller = new AbortController();
    await this.#hear(turn, controller.signal, () => controller.abort());
  }

  async #hear({ id, message }: Turn, signal: AbortSignal, onPrefill?: () => void): Promise<void> {
    const pieces = this.#begun.answer(id, message, { sampling: this.#settings, signal, ...(onPrefill && { onPrefill }) });
    while ((await pieces.next()).done !== true);
    await this.#begun.settle();
  }

  distributionAfter(probe: Token): Promise<Distribution> {
    return distributionAfter(this.#loaded.sequence, probe);
  }

  get #begun(): Dialogue {
    if (!this.#dialogue) throw new Error('not begun');
    return this.#dialogue;
  }

  get #endOfTurn(): Token {
    const { eot, eos } = this.#loaded.model.tokens;
    const token = eot ?? eos;
    if (token === null) throw new Error('the model has no token that ends a turn');
    return token;
  }
}
