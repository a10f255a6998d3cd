import * as vscode from 'vscode';
import type { Address } from '../../shared/protocol/address.ts';
import type { EngineSettings } from '../../shared/protocol/engine-settings.ts';
import type { GenerateResult } from '../../shared/protocol/generate.ts';
import type { LaneChange } from '../../shared/protocol/requests.ts';
import type { SideCommand } from '../../shared/settings.ts';
import { abortable } from '../abortable.ts';
import type { Configuration } from '../configuration.ts';
import type { RequestListener, SideRequests } from '../engine/side-requests.ts';
import { stageText } from '../status/stage-text.ts';

export interface CommandRequestSources {
  readonly requests: SideRequests;
  readonly configuration: Configuration;
  readonly address: Address;
}

export interface CommandRequest {
  readonly command: SideCommand;
  readonly message: string;
  /** What is to be other than the user's settings. */
  readonly sampling: Partial<EngineSettings>;
}

/** How long it is said in the status bar that a command did not know the conversation, in milliseconds. */
const MESSAGE_MS = 10_000;

/** Lets commands ask the model something that leaves no trace in the conversation, each in the lane that the user has chosen for it. */
export class CommandRequests {
  readonly #sources: CommandRequestSources;

  constructor(sources: CommandRequestSources) {
    this.#sources = sources;
  }

  /** Tokens of the context for what does not know the conversation. */
  get requestWindow(): number {
    return this.#sources.configuration.requestWindow;
  }

  /**
   * Lets the model answer.
   *
   * @param signal ends it; what was written by then is the answer.
   * @throws EndlessError `no-model`, or what the engine says.
   */
  async generate({ command, message, sampling }: CommandRequest, listener: RequestListener, signal: AbortSignal): Promise<GenerateResult> {
    const { requests, configuration, address } = this.#sources;
    const lane = configuration.knowsConversation(command) ? 'beside' : 'alone';
    const answer = await requests.generate({ kind: 'message', lane, address, message }, sampling, listener, signal);
    if (answer.change) tellOf(answer.change);
    return answer;
  }

  /**
   * The same while a notification says how far the answer is.
   *
   * @param title what is asked for, for the user.
   * @returns `undefined` when the user has cancelled it.
   */
  async generateVisibly(title: string, request: CommandRequest): Promise<GenerateResult | undefined> {
    const options = { location: vscode.ProgressLocation.Notification, title: `Endless: ${title}`, cancellable: true };
    return vscode.window.withProgress(options, async (progress, token) => {
      const onStage: RequestListener['onStage'] = (stage) => progress.report({ message: stageText(vscode.l10n, stage) });
      onStage({ kind: 'waiting' });
      const answer = await abortable(token, (signal) => this.generate(request, { onStage }, signal));
      return token.isCancellationRequested ? undefined : answer;
    });
  }
}

function tellOf(change: LaneChange): void {
  vscode.window.setStatusBarMessage(`$(info) ${sentenceOf(change)}`, MESSAGE_MS);
}

function sentenceOf(change: LaneChange): string {
  switch (change) {
    case 'no-room':
      return vscode.l10n.t('Endless worked without the conversation, which left no room.');
    case 'elsewhere':
      return vscode.l10n.t('Endless worked without the conversation: that of another window is in the cache.');
    case 'cannot-shift':
      return vscode.l10n.t('Endless worked without the conversation: this model cannot read behind it.');
  }
}
