import * as vscode from 'vscode';
import { EndlessError } from '../../shared/errors.ts';
import type { LocalModel } from '../../shared/ranked-models.ts';
import { showFailure } from '../status/failure-notification.ts';
import { catalogueEntries } from './catalogue-entries.ts';
import { localEntries } from './local-entries.ts';
import { fill } from './filling.ts';
import type { EntrySource, ListParts, ModelEntry } from './model-entry.ts';
import { ownEntries } from './own-entries.ts';

/** What the engine has to look for. */
const SOURCES: readonly EntrySource[] = [catalogueEntries, localEntries];

/** The list of all models that can be chosen. It opens with the user's own ways, and fills as the other kinds are found. */
export class ModelList {
  readonly #parts: ListParts;

  constructor(parts: Omit<ListParts, 'local'>) {
    this.#parts = { ...parts, local: localModels(parts) };
  }

  /** Settles when something was chosen and done, or nothing was. */
  async show(): Promise<void> {
    const list = vscode.window.createQuickPick<ModelEntry>();
    list.title = vscode.l10n.t('Choose a Model');
    list.placeholder = vscode.l10n.t('Looking at this machine…');
    list.matchOnDescription = true;
    list.matchOnDetail = true;
    list.busy = true;
    list.keepScrollPosition = true;
    list.items = ownEntries(this.#parts);
    try {
      const chosen = this.#chosen(list);
      list.show();
      void this.#fill(list);
      await (await chosen)?.();
    } finally {
      list.dispose();
    }
  }

  /** What is wrong with one kind is mostly wrong with all: it is told once. */
  async #fill(list: vscode.QuickPick<ModelEntry>): Promise<void> {
    const [failure] = await fill<ModelEntry>(
      list,
      SOURCES.map((find) => find(this.#parts)),
    );
    if (failure !== undefined) void showFailure(EndlessError.from(failure).toReport());
    const window = this.#parts.configuration.engineSettings.window.toLocaleString(vscode.env.language);
    list.placeholder = vscode.l10n.t('To download, the best for this machine first; memory with a window of {window} tokens', { window });
    list.busy = false;
  }

  /** What is to be done; nothing when the list is closed. */
  #chosen(list: vscode.QuickPick<ModelEntry>): Promise<(() => Promise<unknown>) | undefined> {
    return new Promise((resolve) => {
      const end = (work?: () => Promise<unknown>): void => {
        resolve(work);
        list.hide();
      };
      list.onDidAccept(() => end(list.selectedItems[0]?.pick));
      list.onDidTriggerItemButton(({ item, button }) => end(item.buttons?.find((one) => one === button)?.press));
      list.onDidHide(() => resolve(undefined));
    });
  }
}

async function localModels({ engine, configuration }: Pick<ListParts, 'engine' | 'configuration'>): Promise<readonly LocalModel[]> {
  const connection = await engine.retry();
  return (await connection.request('localModels', { folders: [...configuration.modelFolders] })).models;
}
