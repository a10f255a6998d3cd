import type { Memory } from '../../shared/protocol/status.ts';
import type { Transcript } from '../memory/transcript.ts';
import type { ChatSlot } from './chat-slot.ts';
import type { ConversationCache } from './conversation-cache.ts';
import type { Publisher } from './publisher.ts';
import type { Speed } from './speedometer.ts';

export interface GaugesOptions {
  readonly transcript: Transcript;
  readonly cache: ConversationCache;
  readonly slot: ChatSlot;
  readonly publisher: Publisher;
}

/** What an answer was like. */
export interface AnswerFigures extends Speed {
  readonly perplexity: number | undefined;
}

/** What is measured beside the answers themselves, and the record of it over the day. */
export class Gauges {
  readonly #options: GaugesOptions;

  constructor(options: GaugesOptions) {
    this.#options = options;
  }

  /** Nothing while no model is loaded. */
  get memory(): Memory | undefined {
    return this.#options.slot.loaded?.memory.reading;
  }

  /** How fast messages are read, as measured lately; 0 while nothing was. */
  get promptTokensPerSecond(): number {
    const msPerToken = this.#options.cache.dialogue?.cache.msPerToken ?? 0;
    return msPerToken === 0 ? 0 : 1000 / msPerToken;
  }

  /** Notes what an answer was like, if there was enough of it to measure. An answer is not to fail for want of a figure. */
  sample(turnId: number, { tokensPerSecond, firstTokenMs, perplexity }: AnswerFigures): void {
    const { transcript, publisher } = this.#options;
    const { memory, promptTokensPerSecond } = this;
    if (!memory || tokensPerSecond === 0) return;
    const { processBytes, gpuBytes } = memory;
    const [at, speeds] = [Date.now(), { tokensPerSecond, firstTokenMs, promptTokensPerSecond }];
    try {
      transcript.samples.add({ at, turnId, ...speeds, processBytes, gpuBytes, perplexity });
    } catch (error) {
      publisher.log('warn', `what was measured of turn ${String(turnId)} cannot be written: ${String(error)}`);
    }
  }
}
