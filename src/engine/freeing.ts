import type { Preferences } from '../shared/protocol/engine-settings.ts';
import type { Freed } from '../shared/protocol/status.ts';
import type { ModelSlot } from './model/model-slot.ts';

export interface FreeingOptions {
  readonly models: readonly Pick<ModelSlot, 'lastUsedAt'>[];
  /** Unloads every model when what runs has ended, unless that is not to be any more then; says whether there was one. */
  readonly unload: (isStillDue: () => boolean) => Promise<boolean>;
  readonly preferences: () => Pick<Preferences, 'freeAfterMinutes' | 'freeOnBattery'>;
  readonly runsOnBattery: () => Promise<boolean>;
  /** Called when models have been freed, and when that no longer holds. */
  readonly onChange: () => void;
  readonly onError: (error: unknown) => void;
}

/** On battery the memory is given back after so long without work, in milliseconds, … */
const BATTERY_MS = 60_000;
/** … and so often it is looked whether the machine runs on battery. */
const LOOK_MS = 30_000;

const MINUTE_MS = 60_000;
/** Timers cannot be longer. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Gives the memory of the models back: when the user says so, when nothing was asked for a while, and soon on battery. The caches are
 * written down first; whatever needs the model loads it again. What the user has freed, or the battery, is not taken again by
 * completions alone, which come with every key.
 */
export class Freeing {
  readonly #options: FreeingOptions;
  #freed: Freed | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: FreeingOptions) {
    this.#options = options;
  }

  /** Why no model is there, if it was freed. */
  get freed(): Freed | undefined {
    return this.#freed;
  }

  /** Whether completions have to wait until the user does something else that needs the model. */
  get holdsBack(): boolean {
    return this.#freed !== undefined && this.#freed.reason !== 'idle';
  }

  /** Frees the models because the user says so. */
  async free(): Promise<void> {
    await this.#free('command', () => true);
  }

  /** The user does something that needs the model. */
  wake(): void {
    if (this.#freed === undefined) return;
    this.#freed = undefined;
    this.#options.onChange();
  }

  /** Looks whether it is time, and when to look again: to be called when a model was loaded or preferences have changed. */
  watch(): void {
    if (this.#lastUsedAt() !== undefined) this.wake();
    this.#lookIn(0);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #lookIn(milliseconds: number): void {
    clearTimeout(this.#timer);
    if (this.#isClosed) return;
    const look = (): void => void this.#look().catch(this.#options.onError);
    this.#timer = setTimeout(look, Math.min(Math.max(milliseconds, 0), LONGEST_TIMER_MS)).unref();
  }

  async #look(): Promise<void> {
    const { freeAfterMinutes, freeOnBattery } = this.#options.preferences();
    const onBattery = freeOnBattery && (await this.#options.runsOnBattery());
    if (this.#freed?.reason === 'battery') {
      // Back on mains, who comes back may have completions at once.
      if (onBattery) this.#lookIn(LOOK_MS);
      else this.#become({ ...this.#freed, reason: 'idle' });
      return;
    }
    const lastUsedAt = this.#lastUsedAt();
    if (lastUsedAt === undefined) return;
    const idleMs = freeAfterMinutes > 0 ? freeAfterMinutes * MINUTE_MS : Infinity;
    const mostMs = onBattery ? Math.min(BATTERY_MS, idleMs) : idleMs;
    const isDue = (): boolean => performance.now() - (this.#lastUsedAt() ?? Infinity) >= mostMs;
    if (isDue()) await this.#free(onBattery ? 'battery' : 'idle', isDue);
    const leftMs = lastUsedAt + mostMs - performance.now();
    const nextMs = Math.min(isDue() ? LOOK_MS : leftMs, freeOnBattery ? LOOK_MS : Infinity);
    if (Number.isFinite(nextMs)) this.#lookIn(nextMs);
  }

  async #free(reason: Freed['reason'], isStillDue: () => boolean): Promise<void> {
    const wasThere = await this.#options.unload(isStillDue);
    // Who says so before any model was loaded wants none to be loaded by a key.
    if (wasThere || reason === 'command') this.#become({ reason, at: Date.now() });
  }

  #become(freed: Freed): void {
    this.#freed = freed;
    this.#options.onChange();
  }

  /** By `performance.now()`; `undefined` while no model is loaded. */
  #lastUsedAt(): number | undefined {
    const times = this.#options.models.flatMap(({ lastUsedAt }) => lastUsedAt ?? []);
    return times.length > 0 ? Math.max(...times) : undefined;
  }
}
