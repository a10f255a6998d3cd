import * as vscode from 'vscode';

/** The editor that a command is about; where there is none, a picture for example, the user is told. */
export function activeEditor(): vscode.TextEditor | undefined {
  const editor = vscode.window.activeTextEditor;
  if (!editor)
    void vscode.window.showInformationMessage(vscode.l10n.t('There is no text in the active editor. Open a file with some first.'));
  return editor;
}
