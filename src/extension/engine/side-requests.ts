import { randomUUID } from 'node:crypto';
import { EndlessError } from '../../shared/errors.ts';
import type { EngineSettings } from '../../shared/protocol/engine-settings.ts';
import type { GenerateParams, GenerateResult } from '../../shared/protocol/generate.ts';
import type { RequestStage } from '../../shared/protocol/requests.ts';
import type { EngineClient } from './engine-client.ts';

export interface RequestListener {
  onStage?(stage: RequestStage): void;
  onText?(text: string): void;
}

export interface SideSettings {
  readonly engine: EngineSettings;
  readonly requestWindow: number;
}

export interface SideSettingsSource {
  readonly settings: () => SideSettings;
  /** Settles when the settings are those of the moment. */
  readonly settled: () => Promise<void>;
}

/** What no conversation remembers: requests of commands and of other extensions, and what is heard of them while they run. */
export class SideRequests {
  readonly #engine: EngineClient;
  readonly #source: SideSettingsSource;
  readonly #running = new Map<string, RequestListener>();

  constructor(engine: EngineClient, source: SideSettingsSource) {
    this.#engine = engine;
    this.#source = source;
    engine.onConnection(async (connection) => {
      connection.onEvent('requestStage', ({ id, stage }) => this.#running.get(id)?.onStage?.(stage));
      connection.onEvent('requestText', ({ id, text }) => this.#running.get(id)?.onText?.(text));
    });
  }

  /**
   * Lets the model answer.
   *
   * @param sampling what is to be other than the user's settings.
   * @param signal ends it; what was written by then is the answer.
   * @throws EndlessError `no-model`, or what the engine says.
   */
  async generate(
    prompt: GenerateParams['prompt'],
    sampling: Partial<EngineSettings>,
    listener: RequestListener,
    signal: AbortSignal,
  ): Promise<GenerateResult> {
    await this.#source.settled();
    const { engine, requestWindow } = this.#source.settings();
    if (engine.modelPath === '') throw new EndlessError('no-model');
    const id = randomUUID();
    this.#running.set(id, listener);
    try {
      return await this.#engine.request('generate', { id, prompt, settings: { ...engine, ...sampling }, requestWindow }, signal);
    } finally {
      this.#running.delete(id);
    }
  }

  /** How many tokens the model makes of a text. */
  async countTokens(text: string, signal: AbortSignal): Promise<number> {
    const { engine: settings } = this.#source.settings();
    if (settings.modelPath === '') throw new EndlessError('no-model');
    return (await this.#engine.request('countTokens', { text, settings }, signal)).tokens;
  }
}
