import { Queue } from '../queue.ts';
import type { DecodeCounter } from '../cache/decode-counter.ts';
import type { ContextFacts, ContextLimit, ContextRole } from '../../shared/protocol/model-facts.ts';
import { firstFitting, fitsInto, rolesBefore, sizesOf, type Bytes, type ContextWish } from './memory-plan.ts';

/** What contexts of a model take, and what there is for them. */
export interface ContextMemory {
  /** What a context for so many tokens takes. */
  readonly needed: (tokens: number) => Promise<Bytes>;
  readonly free: () => Promise<Bytes>;
}

/** A context that stands on the model. */
export interface Standing {
  readonly facts: ContextFacts;
  /** When something was decoded in it last. */
  readonly decodes: Pick<DecodeCounter, 'lastAt'>;
  /** Closes it for one that matters more, unless somebody waits for what is done in it. @returns whether it did. */
  readonly makeWay?: (() => Promise<boolean>) | undefined;
}

/** Part of what is free that a context may take which nobody asked for: the user works on this machine. */
const MOST_OF_FREE = 1 / 2;

/**
 * The memory planner: sizes the contexts of a model against what is free when each of them is opened. Where there is no room for
 * all, requests get less first, then completions, and the chat last; whoever has had to make way is opened again when it is needed,
 * with what is left then. What is smaller than it was wished stands in the facts.
 */
export class ContextPlan {
  readonly #memory: ContextMemory;
  readonly #onChange: () => void;
  readonly #opening = new Queue();
  #standing: readonly Standing[] = [];
  /** When contexts that stand no more were used last. */
  #usedAt = performance.now();

  /** @param onChange called when other contexts stand than before. */
  constructor(memory: ContextMemory, onChange: () => void = () => undefined) {
    this.#memory = memory;
    this.#onChange = onChange;
  }

  /** The contexts that stand. */
  get facts(): readonly ContextFacts[] {
    return this.#standing.map(({ facts }) => facts);
  }

  /** When something was decoded last, or the model was loaded, by `performance.now()`. */
  get lastUsedAt(): number {
    return Math.max(this.#usedAt, ...this.#standing.map(({ decodes }) => decodes.lastAt));
  }

  /** Opens contexts one after the other: what one takes the next must not count on, and the library cannot do it otherwise (`createContext`). */
  openAlone<T>(open: () => Promise<T>): Promise<T> {
    return this.#opening.run(open);
  }

  /**
   * The sizes to try for a context, in tokens, from the largest one on that there should be room for. Contexts that matter less make
   * way before it has to be smaller. Estimates may be wrong, so the smaller sizes follow.
   */
  async sizesFor(wish: ContextWish): Promise<readonly number[]> {
    const sizes = sizesOf(wish);
    let [first, free] = [0, await this.#memory.free()];
    const fits = async (tokens: number): Promise<boolean> => fitsInto(free, await this.#memory.needed(tokens));
    for (const role of [...rolesBefore(wish.role), undefined]) {
      first = await firstFitting(sizes, fits);
      if (first === 0 || role === undefined) break;
      if (await this.#makeWay(role)) free = await this.#memory.free();
    }
    // Where even the least should not fit it is for the library to say so.
    return sizes.slice(Math.min(first, sizes.length - 1));
  }

  /** Whether a context that nobody has asked for would leave enough memory to everybody else. */
  async hasRoomBeside(tokens: number): Promise<boolean> {
    const { cpuRam, gpuVram } = await this.#memory.free();
    return fitsInto({ cpuRam: cpuRam * MOST_OF_FREE, gpuVram: gpuVram * MOST_OF_FREE }, await this.#memory.needed(tokens));
  }

  /** Takes note of a context that stands now. @returns what is to be called when it does no more. */
  add(standing: Standing): () => void {
    this.#become([...this.#standing, standing]);
    return () => this.#become(this.#standing.filter((other) => other !== standing));
  }

  #become(standing: readonly Standing[]): void {
    this.#usedAt = this.lastUsedAt;
    this.#standing = standing;
    this.#onChange();
  }

  async #makeWay(role: ContextRole): Promise<boolean> {
    let hasMadeWay = false;
    for (const { facts, makeWay } of this.#standing) {
      if (facts.role === role && (await makeWay?.())) hasMadeWay = true;
    }
    return hasMadeWay;
  }
}

/** Why a context holds fewer tokens than were wished, if it does. */
export function limitOf(tokens: number, wished: number, trainedContext: number): ContextLimit | undefined {
  if (tokens >= wished) return undefined;
  return trainedContext > 0 && tokens >= trainedContext ? 'trained' : 'memory';
}
