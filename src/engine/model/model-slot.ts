import type { ContextFacts } from '../../shared/protocol/model-facts.ts';
import { Queue } from '../queue.ts';
import { loadWeights, type LoadOptions, type LoadSettings, type OpenOn, type Weights } from './weights.ts';

/** Somebody with contexts on the model. */
export interface ModelUser {
  /** Whether there is one now. */
  readonly isStanding: () => boolean;
  /** Called before the model goes, with every context on it; the model waits for it. */
  readonly leave: () => Promise<void>;
}

/** Place for one model in memory, on which several contexts may stand. */
export class ModelSlot {
  #weights: Weights | undefined;
  #loadedWith = '';
  readonly #queue = new Queue();
  readonly #users = new Set<ModelUser>();

  /** The contexts that stand on the model. */
  get contexts(): readonly ContextFacts[] {
    return this.#weights?.contexts.facts ?? [];
  }

  /** When the model was used last, by `performance.now()`; `undefined` while there is none. */
  get lastUsedAt(): number | undefined {
    return this.#weights?.contexts.lastUsedAt;
  }

  register(user: ModelUser): void {
    this.#users.add(user);
  }

  /**
   * Opens a context on the model that is wished, which takes the place of any other.
   *
   * @throws EndlessError with the code of what is wrong with the file, the memory or the installation.
   */
  open<T>(settings: LoadSettings, options: LoadOptions, open: OpenOn<T>): Promise<T> {
    return this.#queue.run(async () => {
      if (this.#weights && this.#loadedWith === wishOf(settings)) return open(this.#weights);
      await this.#leave();
      return this.#load(settings, options, open);
    });
  }

  /**
   * Opens a context on the model that is there, with whatever settings, or loads it if nobody needs another one.
   *
   * @returns `undefined` when somebody stands on another model.
   */
  share<T>(settings: LoadSettings, options: LoadOptions, open: OpenOn<T>): Promise<T | undefined> {
    return this.#queue.run(async () => {
      if (this.#weights?.file.path === settings.modelPath) return open(this.#weights);
      if ([...this.#users].some(({ isStanding }) => isStanding())) return undefined;
      await this.#leave();
      return this.#load(settings, options, open);
    });
  }

  /** @returns whether there was a model. */
  unload(): Promise<boolean> {
    return this.#queue.run(async () => {
      const wasThere = this.#weights !== undefined;
      await this.#leave();
      return wasThere;
    });
  }

  async #load<T>(settings: LoadSettings, options: LoadOptions, open: OpenOn<T>): Promise<T> {
    const { weights, opened } = await loadWeights(settings, options, open);
    this.#weights = weights;
    this.#loadedWith = wishOf(settings);
    return opened;
  }

  /** Whether this is the model that has the place. */
  holds(weights: Weights): boolean {
    return this.#weights === weights;
  }

  async #leave(): Promise<void> {
    for (const { leave } of this.#users) await leave();
    const weights = this.#weights;
    this.#weights = undefined;
    await weights?.dispose();
  }
}

function wishOf({ modelPath, window, gpu, threads, quantizedValues }: LoadSettings): string {
  return JSON.stringify([modelPath, window, gpu, threads, quantizedValues]);
}
