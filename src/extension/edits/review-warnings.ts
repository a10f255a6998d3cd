import * as vscode from 'vscode';
import type { Proposal } from '../../shared/edits/proposal.ts';

/** Tells how many changes have no place any more, if any. */
export function warnOfLeftOut({ leftOut, open }: Proposal): void {
  if (leftOut === 0) return;
  void vscode.window.showWarningMessage(leftOutSentence(leftOut, open.length === 0));
}

function leftOutSentence(leftOut: number, isEnd: boolean): string {
  if (leftOut === 1)
    return isEnd
      ? vscode.l10n.t('One change was left out: its lines were changed meanwhile. Ask again for the text as it is now.')
      : vscode.l10n.t('One change is left out: its lines were changed meanwhile. Decide on the others, then ask again.');
  return isEnd
    ? vscode.l10n.t('{count} changes were left out: their lines were changed meanwhile. Ask again for the text as it is now.', {
        count: leftOut,
      })
    : vscode.l10n.t('{count} changes are left out: their lines were changed meanwhile. Decide on the others, then ask again.', {
        count: leftOut,
      });
}

/** Tells that the document is not there any more. */
export function warnOfClosed(uri: vscode.Uri): void {
  const file = vscode.workspace.asRelativePath(uri);
  void vscode.window.showWarningMessage(
    vscode.l10n.t('{file} was closed meanwhile, so nothing was changed. Open it and ask again.', { file }),
  );
}

/** Tells that somebody typed in the moment in which a change was to be made. */
export function warnOfCollision(uri: vscode.Uri): void {
  const file = vscode.workspace.asRelativePath(uri);
  void vscode.window.showWarningMessage(
    vscode.l10n.t('{file} was changed in the same moment, so nothing was accepted. Accept the change again.', { file }),
  );
}
