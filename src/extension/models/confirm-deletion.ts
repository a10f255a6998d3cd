import * as vscode from 'vscode';
import { sizeText } from '../../shared/download-sentences.ts';
import type { Download } from '../../shared/downloads.ts';
import type { LocalModel } from '../../shared/ranked-models.ts';
import type { Configuration } from '../configuration.ts';

/** Asks before what has come in of a model is deleted. */
export async function confirmDownloadDeletion({ name, bytes, totalBytes }: Download): Promise<boolean> {
  // What is nothing need not be fetched again.
  if (bytes === 0) return true;
  const [there, total] = [bytes, totalBytes ?? 0].map((size) => sizeText(size, vscode.env.language)) as [string, string];
  return confirm(vscode.l10n.t('Delete what has come in of {name}?', { name }), [
    totalBytes === undefined ? vscode.l10n.t('{there} are there.', { there }) : vscode.l10n.t('{there} of {total} are there.', { there, total }),
    vscode.l10n.t('They would have to be downloaded again.'),
  ]);
}

/** Asks before a model is deleted that was downloaded. */
export async function confirmModelDeletion(
  { name, path, bytes }: LocalModel,
  { engineSettings, completionSettings }: Configuration,
): Promise<boolean> {
  return confirm(vscode.l10n.t('Delete {name} from the disk?', { name }), [
    vscode.l10n.t('It takes {size}, and can be downloaded again.', { size: sizeText(bytes, vscode.env.language) }),
    ...useText(engineSettings.modelPath === path, completionSettings.modelPath === path),
  ]);
}

function useText(isOfChat: boolean, isOfCompletions: boolean): readonly string[] {
  if (isOfChat) return [vscode.l10n.t('It is the model in use: without it the chat cannot answer until you choose another one.')];
  return isOfCompletions ? [vscode.l10n.t('It is the model of the completions: without it there are none until you choose another one.')] : [];
}

async function confirm(question: string, details: readonly string[]): Promise<boolean> {
  const yes = vscode.l10n.t('Delete');
  return (await vscode.window.showWarningMessage(question, { modal: true, detail: details.join(' ') }, yes)) === yes;
}
