import type { Address, EngineSettings, GenerateResult } from '../../shared/protocol.ts';
import type { SideCommand } from '../../shared/settings.ts';
import type { Configuration } from '../configuration.ts';
import type { RequestListener, SideRequests } from './side-requests.ts';

export interface SidePromptSources {
  readonly requests: SideRequests;
  readonly configuration: Configuration;
  readonly address: Address;
  /** What the model is told first when it does not know the conversation. */
  readonly told: () => string;
}

/** Lets commands ask the model, each in the lane that the user has chosen for it. */
export class SidePrompts {
  readonly #sources: SidePromptSources;

  constructor(sources: SidePromptSources) {
    this.#sources = sources;
  }

  /** Tokens of the context for what does not know the conversation. */
  get requestWindow(): number {
    return this.#sources.configuration.requestWindow;
  }

  /**
   * Lets the model answer.
   *
   * @param sampling what is to be other than the user's settings.
   * @param signal ends it; what was written by then is the answer.
   * @throws EndlessError `no-model`, or what the engine says.
   */
  generate(
    command: SideCommand,
    message: string,
    sampling: Partial<EngineSettings>,
    listener: RequestListener,
    signal: AbortSignal,
  ): Promise<GenerateResult> {
    const { requests, configuration, address, told } = this.#sources;
    if (configuration.knowsConversation(command))
      return requests.generate({ kind: 'beside', address, message }, sampling, listener, signal);
    const system = told();
    const messages = [...(system.trim() ? [{ role: 'system', text: system } as const] : []), { role: 'user', text: message } as const];
    return requests.generate({ kind: 'alone', messages, tools: [], mustCall: false }, sampling, listener, signal);
  }
}
