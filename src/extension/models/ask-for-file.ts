import * as vscode from 'vscode';

/** Asks for a model file. */
export async function askForFile(): Promise<vscode.Uri | undefined> {
  const files = await vscode.window.showOpenDialog({
    title: vscode.l10n.t('Use a GGUF File'),
    openLabel: vscode.l10n.t('Use This Model'),
    filters: { [vscode.l10n.t('GGUF models')]: ['gguf'], [vscode.l10n.t('All files')]: ['*'] },
  });
  return files?.[0];
}
