import * as vscode from 'vscode';
import type { ChatSession } from '../chat/chat-session.ts';
import { ChatView } from '../chat/chat-view.ts';
import type { Configuration } from '../configuration.ts';
import type { EngineClient } from '../engine/engine-client.ts';
import { EndlessError } from '../../shared/errors.ts';
import { showFailure } from '../status/failure-notification.ts';
import { BUNDLED_MODEL } from './bundled-model.ts';

/** Lets the user choose a model. A file is looked at before it is taken, so that a bad one never replaces a good one. */
export class ModelChooser {
  readonly #configuration: Configuration;
  readonly #engine: EngineClient;
  readonly #session: ChatSession;

  constructor(configuration: Configuration, engine: EngineClient, session: ChatSession) {
    this.#configuration = configuration;
    this.#engine = engine;
    this.#session = session;
  }

  async choose(): Promise<void> {
    const bundled = {
      label: `$(beaker) ${vscode.l10n.t('Bundled demonstration model')}`,
      detail: vscode.l10n.t('A toy that is here already: shows how Endless works, but knows very little.'),
      pick: () => this.useBundled(),
    };
    const file = {
      label: `$(file) ${vscode.l10n.t('GGUF file…')}`,
      detail: vscode.l10n.t('A model on this machine. “Instruct” and “chat” models are made for conversation.'),
      pick: () => this.useFile(),
    };
    const chosen = await vscode.window.showQuickPick([bundled, file], { title: vscode.l10n.t('Choose a Model') });
    await chosen?.pick();
  }

  /** @param file asked for when it is missing. */
  async useFile(file?: vscode.Uri): Promise<void> {
    const chosen = file ?? (await askForFile());
    if (!chosen) return;
    if (chosen.scheme === 'file') await this.#use(chosen.fsPath, chosen.fsPath);
    // The path of a file on another machine may be that of a different one here.
    else await showFailure(new EndlessError('model-not-readable', { path: chosen.toString() }).toReport());
  }

  async useBundled(): Promise<void> {
    await this.#use(BUNDLED_MODEL, this.#configuration.resolve(BUNDLED_MODEL));
  }

  async #use(setting: string, path: string): Promise<void> {
    await vscode.commands.executeCommand(`${ChatView.id}.focus`);
    try {
      await vscode.window.withProgress({ location: { viewId: ChatView.id } }, () => this.#inspect(path));
      await this.#configuration.update('model.path', setting);
    } catch (error) {
      await this.#fail(EndlessError.from(error));
    }
  }

  /** The user's act is reason enough to try an engine that has failed once more. */
  async #inspect(path: string): Promise<void> {
    const connection = await this.#engine.retry();
    await connection.request('inspectModel', { path });
  }

  /** The chat itself shows why there is no model, or no engine. */
  async #fail(error: EndlessError): Promise<void> {
    const report = error.toReport();
    if (!this.#session.hasModel) this.#session.modelChanged(report);
    else if (this.#engine.state.kind !== 'failed') await showFailure(report);
  }
}

async function askForFile(): Promise<vscode.Uri | undefined> {
  const files = await vscode.window.showOpenDialog({
    title: vscode.l10n.t('Use a GGUF File'),
    openLabel: vscode.l10n.t('Use This Model'),
    filters: { [vscode.l10n.t('GGUF models')]: ['gguf'], [vscode.l10n.t('All files')]: ['*'] },
  });
  return files?.[0];
}
