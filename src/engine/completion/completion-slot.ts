import { EndlessError } from '../../shared/errors.ts';
import type { CompletionOutcome, CompletionSettings } from '../../shared/protocol/completion.ts';
import type { ModelSlot } from '../model/model-slot.ts';
import type { LoadOptions, LoadSettings, Weights } from '../model/weights.ts';
import { CompletionContext } from './completion-context.ts';

export interface CompletionSlotOptions {
  /** The model of the chat, on which completions stand, too, unless they have one of their own. */
  readonly chatModel: ModelSlot;
  readonly ownModel: ModelSlot;
  readonly load: Pick<LoadOptions, 'log' | 'confirmShift' | 'attempts' | 'onContexts' | 'onDeviceLost'>;
}

/** What a model that could not be loaded is not tried again within, in milliseconds: keys come faster than it fails. */
export const RETRY_MS = 30_000;

interface Failure {
  readonly wish: string;
  readonly error: EndlessError;
  readonly at: number;
}

/** Why there is no context. */
export type NoContext = Extract<CompletionOutcome, 'no-infill' | 'no-rewind' | 'other-model'>;

/** The one context of completions, for the settings that were asked for last. */
export class CompletionSlot {
  readonly #options: CompletionSlotOptions;
  readonly #beforeLeave: () => Promise<void>;
  #context: CompletionContext | undefined;
  #openedFor = '';
  #failure: Failure | undefined;

  /** @param beforeLeave called when the model goes, or its memory is needed: what is being decoded must end. */
  constructor(options: CompletionSlotOptions, beforeLeave: () => Promise<void>) {
    this.#options = options;
    this.#beforeLeave = beforeLeave;
    for (const slot of [options.chatModel, options.ownModel]) {
      const isStanding = (): boolean => this.#context !== undefined && slot.holds(this.#context.weights);
      const leave = async (): Promise<void> => {
        if (!isStanding()) return;
        await beforeLeave();
        // The context goes with its model.
        this.#context = undefined;
      };
      slot.register({ isStanding, leave });
    }
  }

  get context(): CompletionContext | undefined {
    return this.#context;
  }

  /**
   * @returns the context for these settings, or why there is none.
   * @throws EndlessError with the code of what is wrong with the model.
   */
  async enter(settings: CompletionSettings): Promise<CompletionContext | NoContext> {
    const wish = wishOf(settings);
    if (this.#context && this.#openedFor === wish) return this.#context;
    const failure = this.#failure;
    if (failure?.wish === wish && performance.now() - failure.at < RETRY_MS) throw failure.error;
    await this.close();
    try {
      const opened = await this.#open(settings, wish);
      this.#failure = undefined;
      return opened;
    } catch (error) {
      this.#failure = { wish, error: EndlessError.from(error), at: performance.now() };
      throw error;
    }
  }

  /** Gives the context up, for when its cache may not agree with its ledger any more, too. */
  async close(): Promise<void> {
    const context = this.#context;
    this.#context = undefined;
    await context?.dispose();
  }

  async #makeWay(): Promise<boolean> {
    await this.#beforeLeave();
    await this.close();
    return true;
  }

  async #open({ chatWindow, window, ...model }: CompletionSettings, wish: string): Promise<CompletionContext | NoContext> {
    const { chatModel, ownModel, load } = this.#options;
    const loading: LoadSettings = { ...model, window: chatWindow || window };
    const options: LoadOptions = { ...load, onProgress: () => undefined };
    // Known before the model may go again: whoever loads another one asks who stands on this.
    const open = async (weights: Weights): Promise<CompletionContext | NoContext> => {
      const context = await CompletionContext.open(weights, window, () => this.#makeWay());
      if (typeof context !== 'string') [this.#context, this.#openedFor] = [context, wish];
      return context;
    };
    if (chatWindow === 0) return ownModel.open(loading, options, open);
    return (await chatModel.share(loading, options, open)) ?? 'other-model';
  }
}

/** Whatever window the chat has, completions are the same. */
function wishOf({ modelPath, gpu, threads, quantizedValues, chatWindow, window }: CompletionSettings): string {
  return JSON.stringify([modelPath, gpu, threads, quantizedValues, chatWindow > 0, window]);
}
