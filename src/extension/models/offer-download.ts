import * as vscode from 'vscode';
import type { Download } from '../../shared/downloads.ts';

/** Says that a model has come in which may not be wanted any more. @returns whether it is to be used. */
export async function offerDownload({ name, purpose }: Download): Promise<boolean> {
  const use = vscode.l10n.t('Use It');
  const sentence =
    purpose === 'chat'
      ? vscode.l10n.t('{name} is downloaded. Another model was chosen meanwhile, and stays in use.', { name })
      : vscode.l10n.t('{name} is downloaded. Another model was chosen for completions meanwhile, and stays in use.', { name });
  return (await vscode.window.showInformationMessage(sentence, use)) === use;
}
