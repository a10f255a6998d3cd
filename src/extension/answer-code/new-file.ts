import * as vscode from 'vscode';
import { readFenceInfo } from '../../shared/code/fence-info.ts';
import { fileNameFor } from '../../shared/code/languages.ts';
import type { CodeInAnswer } from '../../shared/code/path-mentions.ts';
import { pathWithin } from '../../shared/code/workspace-path.ts';
import { isUnifiedDiff, resultOf } from '../../shared/edits/diff-edit.ts';
import { namedPath } from './target-files.ts';
import { isThere, OutsideWorkspaceError, uriOfNew } from './workspace-files.ts';

/**
 * Makes a file of some code, at the path that the user confirms. What is there is never overwritten.
 *
 * @param apply does what is offered when there is such a file.
 * @throws OutsideWorkspaceError when the path leads out of the workspace.
 */
export async function newFile(code: CodeInAnswer, apply: (uri: vscode.Uri) => Promise<void>): Promise<void> {
  const { language } = readFenceInfo(code.info);
  if (!vscode.workspace.workspaceFolders?.length) {
    const document = await vscode.workspace.openTextDocument({ content: textOf(code.code, language) });
    await vscode.window.showTextDocument(document, { preview: false });
    return;
  }
  const named = namedPath(code);
  if (named !== undefined && pathWithin(named) === undefined) throw new OutsideWorkspaceError(named);
  const path = await askForPath(named ?? fileNameFor(language));
  if (path === undefined) return;
  const uri = await uriOfNew(path);
  if (await isThere(uri)) await offerToApply(uri, apply);
  else await create(uri, textOf(code.code, language));
}

async function askForPath(proposed: string): Promise<string | undefined> {
  const value = pathWithin(proposed) ?? '';
  const name = value.lastIndexOf('/') + 1;
  const end = value.lastIndexOf('.') > name ? value.lastIndexOf('.') : value.length;
  return vscode.window.showInputBox({
    title: vscode.l10n.t('New File From the Chat'),
    prompt: vscode.l10n.t('Path within the workspace'),
    value,
    valueSelection: [name, end],
    validateInput: (text) =>
      pathWithin(text) === undefined ? vscode.l10n.t('This is no path of a file within the workspace.') : undefined,
  });
}

async function offerToApply(uri: vscode.Uri, apply: (uri: vscode.Uri) => Promise<void>): Promise<void> {
  const file = vscode.workspace.asRelativePath(uri);
  const chosen = await vscode.window.showWarningMessage(
    vscode.l10n.t('{file} is there already, and is not overwritten. Apply the code to it instead.', { file }),
    { title: vscode.l10n.t('Apply as Diff'), run: () => apply(uri) },
  );
  await chosen?.run();
}

/** VS Code makes the folders, too, and refuses if a file has come there meanwhile. */
async function create(uri: vscode.Uri, text: string): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  edit.createFile(uri, { overwrite: false, contents: new TextEncoder().encode(text) });
  if (!(await vscode.workspace.applyEdit(edit))) {
    const file = vscode.workspace.asRelativePath(uri);
    void vscode.window.showErrorMessage(vscode.l10n.t('{file} could not be made. Choose another path.', { file }));
    return;
  }
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: false });
}

function textOf(code: string, language: string): string {
  const lines = code.split(/\r\n|\r|\n/);
  const text = (isUnifiedDiff(lines, language) ? resultOf(lines) : lines).join('\n');
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}
