import * as vscode from 'vscode';
import { codeAtCursor } from '../../shared/edits/code-at-cursor.ts';
import { linesOf } from '../edits/followed-document.ts';

/** Puts code at the cursor, in place of what is selected, in one step of Undo; the cursor goes behind it. */
export async function insertCode(editor: vscode.TextEditor | undefined, code: string): Promise<void> {
  if (!editor) {
    void vscode.window.showInformationMessage(vscode.l10n.t('No text editor is open. Open the file that the code is to go into.'));
    return;
  }
  const { document, selection } = editor;
  const { version } = document;
  const before = document.lineAt(selection.start.line).text.slice(0, selection.start.character);
  const after = document.lineAt(selection.end.line).text.slice(selection.end.character);
  const start = before.trim() === '' ? selection.start.with({ character: 0 }) : selection.start;
  const inserted = codeAtCursor(code, { before, after }, linesOf(document));
  const text = inserted.code + inserted.gap;
  const isDone = await editor.edit((builder) => builder.replace(new vscode.Range(start, selection.end), text), {
    undoStopBefore: true,
    undoStopAfter: true,
  });
  if (!isDone || document.version === version) {
    const file = vscode.workspace.asRelativePath(document.uri);
    void vscode.window.showWarningMessage(vscode.l10n.t('{file} cannot be changed, so nothing was inserted. Open another file.', { file }));
    return;
  }
  const lines = inserted.code.split('\n');
  const last = lines.at(-1)?.length ?? 0;
  const end = new vscode.Position(start.line + lines.length - 1, lines.length === 1 ? start.character + last : last);
  editor.selection = new vscode.Selection(end, end);
  editor.revealRange(new vscode.Range(start, end));
  await vscode.commands.executeCommand('workbench.action.focusActiveEditorGroup');
}
