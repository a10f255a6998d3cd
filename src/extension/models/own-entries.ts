import * as vscode from 'vscode';
import { heading, type ListParts, type ModelEntry } from './model-entry.ts';

/** What the user brings along, and what came with the extension. */
export function ownEntries(parts: ListParts): readonly ModelEntry[] {
  return [
    heading(vscode.l10n.t('Your own')),
    {
      label: `$(file) ${vscode.l10n.t('GGUF file…')}`,
      detail: vscode.l10n.t('A model on this machine. “Instruct” and “chat” models are made for conversation.'),
      alwaysShow: true,
      pick: () => parts.chooser.useFile(),
    },
    {
      label: `$(folder) ${vscode.l10n.t('Use a folder…')}`,
      detail: vscode.l10n.t('All models in a folder, and below it, stand in this list from then on.'),
      alwaysShow: true,
      pick: () => addFolder(parts),
    },
    {
      label: `$(server) ${vscode.l10n.t('A server…')}`,
      detail: vscode.l10n.t('llama.cpp, vLLM, TensorRT-LLM or another with an OpenAI-compatible end point, here or on a bigger machine.'),
      alwaysShow: true,
      pick: async () => vscode.commands.executeCommand('endless.chooseServer'),
    },
    {
      label: `$(beaker) ${vscode.l10n.t('Bundled demonstration model')}`,
      detail: vscode.l10n.t('A toy that is here already: shows how Endless works, but knows very little.'),
      alwaysShow: true,
      pick: () => parts.chooser.useBundled(),
    },
  ];
}

async function addFolder({ configuration, chooser }: ListParts): Promise<void> {
  const chosen = await vscode.window.showOpenDialog({
    title: vscode.l10n.t('Use a Folder with Models'),
    openLabel: vscode.l10n.t('Use This Folder'),
    canSelectFolders: true,
    canSelectFiles: false,
  });
  const folder = chosen?.find(({ scheme }) => scheme === 'file')?.fsPath;
  if (folder === undefined) return;
  await configuration.update('model.folders', [...new Set([...configuration.modelFolders, folder])]);
  await chooser.choose();
}
