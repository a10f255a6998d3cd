import * as vscode from 'vscode';

/**
 * How a document is called when the model is told of it: its path within the workspace, with the folder's name where there are
 * several, and the number of a cell, since the cells of a notebook are documents of their own.
 */
export function pathOf({ uri }: Pick<vscode.TextDocument, 'uri'>): string {
  const path = vscode.workspace.asRelativePath(uri);
  if (uri.scheme !== 'vscode-notebook-cell') return path;
  const notebook = vscode.workspace.notebookDocuments.find((other) => other.uri.path === uri.path);
  const cell = notebook?.getCells().find(({ document }) => document.uri.toString() === uri.toString());
  return cell ? `${path}#${cell.index + 1}` : path;
}
