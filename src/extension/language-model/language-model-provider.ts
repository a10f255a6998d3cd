import * as vscode from 'vscode';
import { describeError } from '../../shared/error-sentences.ts';
import { EndlessError } from '../../shared/errors.ts';
import type { Tool, ToolCall } from '../../shared/protocol/requests.ts';
import { abortable } from '../abortable.ts';
import type { Configuration } from '../configuration.ts';
import type { EngineClient } from '../engine/engine-client.ts';
import type { SideRequests } from '../engine/side-requests.ts';
import { chatMessages, textOf } from './chat-messages.ts';
import { modelInformation, TOOL_WINDOW, type SelectableModel } from './model-information.ts';
import { samplingOf } from './sampling.ts';

/** As the manifest has it. */
const VENDOR = 'endless';

export interface LanguageModelParts {
  readonly configuration: Configuration;
  readonly engine: EngineClient;
  readonly requests: SideRequests;
  readonly log: vscode.LogOutputChannel;
}

/** Offers the chosen model to VS Code's own chat and to other extensions. */
export function registerLanguageModel(parts: LanguageModelParts): vscode.Disposable {
  const provider = new LanguageModelProvider(parts);
  return vscode.Disposable.from(provider, vscode.lm.registerLanguageModelChatProvider(VENDOR, provider));
}

/**
 * VS Code's side of the chosen model. It gives the whole history with every request, so a request knows nothing of the
 * conversation in the sidebar, and leaves nothing in it.
 */
class LanguageModelProvider implements vscode.LanguageModelChatProvider<SelectableModel>, vscode.Disposable {
  readonly #parts: LanguageModelParts;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #watch: vscode.Disposable;
  /** Asked for with everything that selects a model, so the answer is remembered until the settings change. */
  #information: Promise<SelectableModel> | undefined;
  /** Tokens that the memory allowed for requests, the last time there was one. */
  #window = Infinity;

  constructor(parts: LanguageModelParts) {
    this.#parts = parts;
    this.#watch = parts.configuration.onDidChangeRequests(() => {
      this.#window = Infinity;
      this.#tellAgain();
    });
    // VS Code asks by itself only when an extension or the user does; from here on it costs no start of an engine.
    parts.engine.on('state', ({ kind }) => {
      if (kind === 'ready') this.#changed.fire();
    });
  }

  get onDidChangeLanguageModelChatInformation(): vscode.Event<void> {
    return this.#changed.event;
  }

  async provideLanguageModelChatInformation(): Promise<SelectableModel[]> {
    if (this.#parts.configuration.engineSettings.modelPath === '') return [];
    this.#information ??= this.#inspect();
    try {
      return [await this.#information];
    } catch (error) {
      this.#information = undefined;
      throw this.#failure(error);
    }
  }

  async provideLanguageModelChatResponse(
    model: SelectableModel,
    messages: readonly vscode.LanguageModelChatRequestMessage[],
    options: vscode.ProvideLanguageModelChatResponseOptions,
    progress: vscode.Progress<vscode.LanguageModelResponsePart>,
    token: vscode.CancellationToken,
  ): Promise<void> {
    const report = (part: vscode.LanguageModelResponsePart): void => {
      if (!token.isCancellationRequested) progress.report(part);
    };
    try {
      const prompt = {
        kind: 'messages' as const,
        messages: [...chatMessages(messages)],
        tools: toolsOf(model, options.tools ?? []),
        mustCall: options.toolMode === vscode.LanguageModelChatToolMode.Required,
      };
      const listener = { onText: (text: string) => report(new vscode.LanguageModelTextPart(text)) };
      const sampling = samplingOf(options.modelOptions);
      const answer = await abortable(token, (signal) => this.#parts.requests.generate(prompt, sampling, listener, signal));
      for (const call of answer.calls) report(callPart(call));
      this.#learn(answer.window);
    } catch (error) {
      throw this.#failure(error);
    }
  }

  async provideTokenCount(
    _model: SelectableModel,
    text: string | vscode.LanguageModelChatRequestMessage,
    token: vscode.CancellationToken,
  ): Promise<number> {
    try {
      const counted = typeof text === 'string' ? text : textOf(text);
      return await abortable(token, (signal) => this.#parts.requests.countTokens(counted, signal));
    } catch (error) {
      throw this.#failure(error);
    }
  }

  dispose(): void {
    this.#watch.dispose();
    this.#changed.dispose();
  }

  /** What is said to fit has to fit. */
  #learn(window = Infinity): void {
    if (window >= Math.min(this.#window, this.#parts.configuration.requestWindow)) return;
    this.#window = window;
    this.#tellAgain();
  }

  #tellAgain(): void {
    this.#information = undefined;
    this.#changed.fire();
  }

  async #inspect(): Promise<SelectableModel> {
    const { engine, configuration } = this.#parts;
    const { modelPath: path, maxAnswerTokens } = configuration.engineSettings;
    const requestWindow = Math.min(configuration.requestWindow, this.#window);
    return modelInformation(vscode.l10n, path, await engine.request('inspectModel', { path }), { requestWindow, maxAnswerTokens });
  }

  /** What other extensions show of a failure is its message, so it is the sentence for the user. */
  #failure(thrown: unknown): vscode.LanguageModelError {
    const error = EndlessError.from(thrown);
    this.#parts.log.warn(`A request of another extension failed: ${error.message} ${error.toReport().detail ?? ''}`);
    const { sentence } = describeError(vscode.l10n, error.toReport());
    const isGone = error.code === 'no-model' || error.code === 'model-not-found';
    return isGone ? vscode.LanguageModelError.NotFound(sentence) : new vscode.LanguageModelError(sentence);
  }
}

function toolsOf(model: SelectableModel, tools: readonly vscode.LanguageModelChatTool[]): Tool[] {
  if (tools.length > 0 && model.capabilities.toolCalling !== true) throw new EndlessError('tools-unsupported', { tokens: TOOL_WINDOW });
  return tools.map(({ name, description, inputSchema }) => ({
    name,
    description,
    inputSchema: inputSchema === undefined ? '' : JSON.stringify(inputSchema),
  }));
}

function callPart({ id, name, input }: ToolCall): vscode.LanguageModelToolCallPart {
  return new vscode.LanguageModelToolCallPart(id, name, inputOf(name, input));
}

function inputOf(tool: string, json: string): object {
  try {
    const input: unknown = JSON.parse(json === '' ? '{}' : json);
    if (typeof input === 'object' && input !== null) return input;
  } catch {
    // Told below.
  }
  throw new EndlessError('call-unreadable', { tool });
}
