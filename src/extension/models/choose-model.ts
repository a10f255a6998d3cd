import * as vscode from 'vscode';
import type { ChatSession } from '../chat/chat-session.ts';
import { ChatView } from '../chat/chat-view.ts';
import type { Configuration } from '../configuration.ts';
import type { EngineClient } from '../engine/engine-client.ts';
import type { Download, Purpose } from '../../shared/downloads.ts';
import { EndlessError } from '../../shared/errors.ts';
import { showFailure } from '../status/failure-notification.ts';
import { BUNDLED_MODEL } from './bundled-model.ts';
import type { Downloadable, Downloads } from './downloads.ts';
import type { HubAccess } from './hub-access.ts';
import { ModelChanges } from './model-changes.ts';
import { isStillWanted } from './still-wanted.ts';

export interface ChooserParts {
  readonly configuration: Configuration;
  readonly engine: EngineClient;
  readonly session: ChatSession;
  readonly downloads: Downloads;
  readonly hub: HubAccess;
}

/** Failures that a token may help with. */
const REFUSED = new Set<string>(['hub-token-needed', 'hub-access-denied']);

/** Lets the user choose a model. */
export class ModelChooser {
  readonly #configuration: Configuration;
  readonly #engine: EngineClient;
  readonly #session: ChatSession;
  readonly #downloads: Downloads;
  readonly #hub: HubAccess;
  readonly #changes = new ModelChanges();

  constructor({ configuration, engine, session, downloads, hub }: ChooserParts) {
    this.#configuration = configuration;
    this.#engine = engine;
    this.#session = session;
    this.#downloads = downloads;
    this.#hub = hub;
    downloads.on('done', (download) => void this.#useDownloaded(download));
    downloads.on('failed', ({ error }) => void (error && showFailure(error)));
  }

  async choose(): Promise<void> {
    const { ModelList } = await import('./model-list.ts');
    await new ModelList({ configuration: this.#configuration, engine: this.#engine, downloads: this.#downloads, chooser: this }).show();
  }

  /** @param file asked for when it is missing. */
  async useFile(file?: vscode.Uri): Promise<void> {
    const chosen = file ?? (await (await import('./ask-for-file.ts')).askForFile());
    if (!chosen) return;
    if (chosen.scheme === 'file') await this.use(chosen.fsPath);
    // The path of a file on another machine may be that of a different one here.
    else await showFailure(new EndlessError('model-not-readable', { path: chosen.toString() }).toReport());
  }

  async useBundled(): Promise<void> {
    await this.use(BUNDLED_MODEL);
  }

  /** @param setting a path, or what stands for one in the settings. @returns whether the model is used from now on. */
  async use(setting: string, purpose: Purpose = 'chat'): Promise<boolean> {
    if (purpose === 'chat') await vscode.commands.executeCommand(`${ChatView.id}.focus`);
    return this.#adopt(setting, purpose);
  }

  async #adopt(setting: string, purpose: Purpose): Promise<boolean> {
    const parts = { configuration: this.#configuration, engine: this.#engine, session: this.#session };
    return this.#changes.run(purpose, this.#chosenFor(purpose), async (former, signal) => {
      const { changeModel } = await import('./change-model.ts');
      return changeModel({ setting, purpose, former, signal }, parts);
    });
  }

  /** Begins to download a model, which is used when it is there. */
  async download(model: Downloadable, purpose: Purpose): Promise<void> {
    await this.#try(() => this.#downloads.start(model, purpose, this.#chosenFor(purpose)));
    if (purpose === 'chat') await vscode.commands.executeCommand(`${ChatView.id}.focus`);
  }

  /** Goes on with a download that has stopped. */
  async resumeDownload(uri: string): Promise<void> {
    await this.#try(() => this.#downloads.resume(uri));
  }

  /** Stops a download. @param deletes also what has come in, after a question. */
  async endDownload(uri: string, deletes: boolean): Promise<void> {
    const download = this.#downloads.all.find((one) => one.uri === uri);
    if (deletes && download && !(await (await import('./confirm-deletion.ts')).confirmDownloadDeletion(download))) return;
    await this.#try(() => this.#downloads.end(uri, deletes));
  }

  /** Asks for the token of the hub, and goes on with what could not be had without. */
  async setHubToken(): Promise<void> {
    const { enterHubToken } = await import('./hub-token.ts');
    if (!(await enterHubToken(this.#hub))) return;
    for (const { uri, error } of this.#downloads.all) if (error && REFUSED.has(error.code)) await this.resumeDownload(uri);
  }

  async forgetHubToken(): Promise<void> {
    await (await import('./hub-token.ts')).forgetHubToken(this.#hub);
  }

  /** Nobody waits for it just now: it takes no focus, nor the place of what was chosen meanwhile. */
  async #useDownloaded(download: Download): Promise<void> {
    const { path, purpose } = download;
    if (!this.#changes.isRunning(purpose) && isStillWanted(download, this.#chosenFor(purpose))) {
      await this.#adopt(path, purpose);
      return;
    }
    const { offerDownload } = await import('./offer-download.ts');
    if (await offerDownload(download)) await this.use(path, purpose);
  }

  #chosenFor(purpose: Purpose): string {
    return purpose === 'chat' ? this.#configuration.modelSetting : this.#configuration.completionModelSetting;
  }

  async #try(work: () => Promise<void>): Promise<void> {
    await work().catch((error: unknown) => showFailure(EndlessError.from(error).toReport()));
  }
}
