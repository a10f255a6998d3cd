import type { Attachment } from '../../shared/attachments.ts';
import { EndlessError } from '../../shared/errors.ts';
import type { EngineSettings } from '../../shared/protocol/engine-settings.ts';
import type { Transcript } from '../memory/transcript.ts';
import type { ChatSlot } from './chat-slot.ts';
import type { ConversationCache } from './conversation-cache.ts';
import type { Publisher } from './publisher.ts';
import { isModelFailure } from './model-failures.ts';

export interface AttachingOptions {
  readonly slot: ChatSlot;
  readonly cache: ConversationCache;
  readonly transcript: Transcript;
  readonly publisher: Publisher;
}

/** Has the model read what is attached to a message that is being written, whenever it has nothing else to do. */
export class Attaching {
  readonly #options: AttachingOptions;
  readonly #closed = new AbortController();
  #latest = new AbortController();

  constructor(options: AttachingOptions) {
    this.#options = options;
  }

  /** Reads all that is attached now, and nothing else; settles when that is done, or no longer to be. */
  async read(attachments: readonly Attachment[], settings: EngineSettings): Promise<void> {
    this.end();
    const { signal } = (this.#latest = new AbortController());
    const texts = attachments.map(({ text }) => text);
    while (!signal.aborted) {
      const isDone = await this.#options.slot.idly((madeWay) => this.#read(texts, settings, AbortSignal.any([signal, madeWay])));
      if (isDone) return;
    }
  }

  /** The message has been sent, or other things are attached to it; what was read by now stays. */
  end(): void {
    this.#latest.abort();
  }

  shutDown(): void {
    this.#closed.abort();
    this.end();
  }

  /** @returns whether there is nothing left to do. */
  async #read(texts: readonly string[], settings: EngineSettings, signal: AbortSignal): Promise<boolean> {
    const { cache, publisher } = this.#options;
    const isOver = (): boolean => signal.aborted;
    if (isOver()) return false;
    try {
      if (texts.length === 0) await cache.change((dialogue) => dialogue.dropDraft());
      // Another window's conversation is not to make way for what may never be sent.
      else if (await cache.hasPlace(settings)) await this.#stage(texts, settings, signal);
      cache.writeDown();
      return true;
    } catch (error) {
      if (isOver() && !(error instanceof EndlessError)) return false;
      if (!isModelFailure(EndlessError.from(error).code)) cache.evacuate();
      publisher.log('error', `what is attached is not read ahead: ${String(error)} ${EndlessError.from(error).toReport().detail ?? ''}`);
      return true;
    } finally {
      publisher.rest();
    }
  }

  async #stage(texts: readonly string[], settings: EngineSettings, signal: AbortSignal): Promise<void> {
    const { cache, transcript, publisher } = this.#options;
    // The message that is sent meanwhile needs the model, too, and the conversation in it.
    const entry = { before: Number.MAX_SAFE_INTEGER, signal: this.#closed.signal, isForTurn: true };
    const dialogue = await cache.enter(settings, entry);
    const before = dialogue.cache.appendedTokens;
    try {
      await dialogue.stage(texts, { signal, onProgress: () => publisher.status() });
    } finally {
      transcript.count({ tokens: dialogue.cache.appendedTokens - before });
    }
  }
}
