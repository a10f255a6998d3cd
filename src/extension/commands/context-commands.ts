import * as vscode from 'vscode';
import type { ChatSession } from '../chat/chat-session.ts';
import { ChatView } from '../chat/chat-view.ts';
import { documentPassage, documentProblems, selectionPassages } from '../context/editor-passages.ts';
import type { Commands } from './commands.ts';

/** Files that are added at once; more would fill most windows. */
const MOST_FILES = 10;

export interface ContextTargets {
  readonly session: ChatSession;
  readonly log: vscode.LogOutputChannel;
}

/** What puts something of the workspace into the message that is being written. Nothing is sent. */
export function contextCommands({ session, log }: ContextTargets): Commands {
  return {
    'endless.addSelection': () => addSelection(session),
    'endless.addFile': (file, files) => addFiles(session, log, filesOf(file, files)),
    'endless.addProblems': () => addProblems(session),
  };
}

async function addSelection(session: ChatSession): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  const passages = editor ? selectionPassages(editor) : [];
  if (passages.length > 0) await add(session, passages);
  else await vscode.window.showInformationMessage(vscode.l10n.t('Nothing is selected. Select some text in an editor first.'));
}

/** Completions never read what may hold secrets; here the user has named the file. */
async function addFiles(session: ChatSession, log: vscode.LogOutputChannel, files: readonly vscode.Uri[]): Promise<void> {
  if (files.length === 0) {
    await vscode.window.showInformationMessage(vscode.l10n.t('No file is open. Open one first, or choose files in the explorer.'));
    return;
  }
  const chosen = files.slice(0, MOST_FILES);
  const passages = await Promise.all(chosen.map((file) => readFile(file, log)));
  const unread = chosen.filter((_, index) => passages[index] === undefined).map((file) => vscode.workspace.asRelativePath(file));
  const read = passages.filter((passage) => passage !== undefined);
  if (read.length > 0) await add(session, read);
  for (const path of unread)
    void vscode.window.showWarningMessage(vscode.l10n.t('{path} is not a text file, so it was not added.', { path }));
  if (files.length <= MOST_FILES) return;
  const counts = { most: MOST_FILES, files: files.length };
  void vscode.window.showWarningMessage(vscode.l10n.t('Only the first {most} of {files} files were added.', counts));
}

async function addProblems(session: ChatSession): Promise<void> {
  const document = vscode.window.activeTextEditor?.document;
  const problems = document && documentProblems(document);
  if (problems !== undefined) await add(session, [problems]);
  else await vscode.window.showInformationMessage(vscode.l10n.t('There are no problems in the active editor.'));
}

/** The view gets the focus before the text: its composer can take it only then. */
async function add(session: ChatSession, passages: readonly string[]): Promise<void> {
  await vscode.commands.executeCommand(`${ChatView.id}.focus`);
  session.insert(passages.join('\n\n'));
}

async function readFile(file: vscode.Uri, log: vscode.LogOutputChannel): Promise<string | undefined> {
  try {
    return documentPassage(await vscode.workspace.openTextDocument(file));
  } catch (error) {
    log.warn(`${file.toString()} cannot be added to the chat: ${String(error)}`);
    return undefined;
  }
}

/** Explorer and tabs give the one that was clicked, the explorer also all that are selected; the palette gives none. */
function filesOf(file: unknown, files: unknown): readonly vscode.Uri[] {
  const given = Array.isArray(files) ? files : [file ?? vscode.window.activeTextEditor?.document.uri];
  return given.filter((uri) => uri instanceof vscode.Uri);
}
