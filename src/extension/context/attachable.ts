import * as vscode from 'vscode';
import type { AttachmentKind } from '../../shared/attachments.ts';
import { LONGEST_ATTACHMENT, type Part } from '../../shared/context-items.ts';
import { pathOf } from '../completion/document-path.ts';
import type { NewAttachment } from './draft-attachments.ts';
import { onOneLine } from './one-line.ts';
import { excerptPassage } from './passages.ts';

/** Something that was read to be attached, or a sentence that says why it was not. */
export type Read = { readonly attachment: NewAttachment } | { readonly refusal: string };

/** A document as it stands in the editor, saved or not, or as it is on the disk. */
export async function readFile(uri: vscode.Uri): Promise<Read> {
  const path = onOneLine(vscode.workspace.asRelativePath(uri));
  const refusal = await reasonAgainst(uri, path);
  if (refusal !== undefined) return { refusal };
  try {
    return readDocument(await vscode.workspace.openTextDocument(uri));
  } catch {
    return { refusal: vscode.l10n.t('{path} is not a text file, so it was not attached.', { path }) };
  }
}

/** The whole of a document. */
export function readDocument(document: vscode.TextDocument): Read {
  const read = readRange(document, undefined, 'file');
  if ('refusal' in read) return read;
  const parts: readonly Part[] = editorOf(document.uri) ? ['outline', 'cursor', 'beginning', 'lines'] : ['outline', 'beginning', 'lines'];
  return { attachment: { ...read.attachment, label: onOneLine(pathOf(document)), parts: [...parts], isWhole: true } };
}

/** A part of a document; undefined is all of it. */
export function readRange(document: vscode.TextDocument, range: vscode.Range | undefined, kind: AttachmentKind): Read {
  const path = onOneLine(pathOf(document));
  const text = document.getText(range);
  if (text.includes('\0')) return { refusal: vscode.l10n.t('{path} is not a text file, so it was not attached.', { path }) };
  if (text.length > LONGEST_ATTACHMENT) return { refusal: tooLarge(path) };
  const firstLine = (range?.start.line ?? 0) + 1;
  return {
    attachment: {
      kind,
      label: `${path}:${linesOf(range)}`,
      uri: document.uri.toString(),
      line: firstLine,
      text: excerptPassage({ path, languageId: document.languageId, text, firstLine }, undefined),
      parts: ['beginning'],
      isWhole: false,
    },
  };
}

/** A text that stands in no file, or in one that VS Code cannot reach. */
export function readText(kind: AttachmentKind, label: string, text: string): Read {
  if (text.length > LONGEST_ATTACHMENT) return { refusal: tooLarge(label) };
  return { attachment: { kind, label, text, parts: ['beginning'], isWhole: false } };
}

/** An editor that shows a document. */
export function editorOf(uri: vscode.Uri): vscode.TextEditor | undefined {
  const { activeTextEditor, visibleTextEditors } = vscode.window;
  const editors = activeTextEditor ? [activeTextEditor, ...visibleTextEditors] : visibleTextEditors;
  return editors.find(({ document }) => document.uri.toString() === uri.toString());
}

/** What an editor holds need not be on the disk. */
async function reasonAgainst(uri: vscode.Uri, path: string): Promise<string | undefined> {
  if (vscode.workspace.textDocuments.some((document) => document.uri.toString() === uri.toString())) return undefined;
  try {
    const { type, size } = await vscode.workspace.fs.stat(uri);
    if (type & vscode.FileType.Directory) return vscode.l10n.t('{path} is a folder. Attach the files in it that matter.', { path });
    return size > 4 * LONGEST_ATTACHMENT ? tooLarge(path) : undefined;
  } catch {
    return vscode.l10n.t('{path} cannot be read, so it was not attached.', { path });
  }
}

function tooLarge(path: string): string {
  return vscode.l10n.t('{path} is too large for any window. Select the part that matters and add the selection.', { path });
}

/** A line in which nothing is selected is none. */
function linesOf(range: vscode.Range | undefined): string {
  if (!range) return '1';
  const { start, end } = range;
  const last = end.line > start.line && end.character === 0 ? end.line : end.line + 1;
  return last > start.line + 1 ? `${start.line + 1}-${last}` : String(start.line + 1);
}
