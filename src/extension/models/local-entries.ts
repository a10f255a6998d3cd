import * as vscode from 'vscode';
import { sizeText } from '../../shared/download-sentences.ts';
import type { LocalModel, Store } from '../../shared/ranked-models.ts';
import { confirmModelDeletion } from './confirm-deletion.ts';
import { heading, type EntryButton, type EntrySource, type ListParts, type ModelEntry } from './model-entry.ts';

/** The model files that are on this machine: those that were downloaded, and what other programs have. */
export const localEntries: EntrySource = async (parts) => {
  const models = await parts.local;
  const stores = [...new Set(models.map(({ store }) => store))];
  return stores.flatMap((store) => [
    heading(headingOf(store)),
    ...models.filter((model) => model.store === store).map((model) => entryOf(model, parts)),
  ]);
};

function entryOf(model: LocalModel, parts: ListParts): ModelEntry {
  const { path, name, bytes, uri } = model;
  return {
    label: `$(package) ${name}`,
    description: sizeText(bytes, vscode.env.language),
    detail: uri === undefined ? path : uri,
    buttons: [forCompletions(path, parts), ...(uri === undefined ? [] : [deletion(model, uri, parts)])],
    pick: () => parts.chooser.use(path),
  };
}

function forCompletions(path: string, { chooser }: ListParts): EntryButton {
  return {
    iconPath: new vscode.ThemeIcon('sparkle'),
    tooltip: vscode.l10n.t('Use for completions only'),
    press: () => chooser.use(path, 'completions'),
  };
}

function deletion(model: LocalModel, uri: string, { engine, configuration }: ListParts): EntryButton {
  return {
    iconPath: new vscode.ThemeIcon('trash'),
    tooltip: vscode.l10n.t('Delete from the disk'),
    press: async () => {
      if (await confirmModelDeletion(model, configuration)) await engine.request('deleteModel', { uri });
    },
  };
}

function headingOf(store: Store): string {
  switch (store) {
    case 'downloaded':
      return vscode.l10n.t('Downloaded');
    case 'ollama':
      return vscode.l10n.t('In the store of Ollama');
    case 'lmStudio':
      return vscode.l10n.t('In the store of LM Studio');
    case 'huggingFace':
      return vscode.l10n.t('In the cache of Hugging Face');
    case 'folder':
      return vscode.l10n.t('In your folders');
  }
}
