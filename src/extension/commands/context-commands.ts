import * as vscode from 'vscode';
import type { ChatSession } from '../chat/chat-session.ts';
import { ChatView } from '../chat/chat-view.ts';
import { readDiff } from '../context/context-reader.ts';
import type { ChatContext } from '../context/chat-context.ts';
import type { Commands } from './commands.ts';

export interface ContextTargets {
  readonly session: ChatSession;
  readonly context: ChatContext;
}

/** What attaches something of the workspace to the message that is being written. Nothing is sent. */
export function contextCommands(targets: ContextTargets): Commands {
  const attach = (work: (context: ChatContext) => Promise<boolean>): Promise<void> => attachAndFocus(targets, work);
  return {
    'endless.addSelection': () => attach((context) => context.attach({ kind: 'selection' })),
    'endless.addFile': (file, files) => attach((context) => addFiles(context, filesOf(file, files))),
    'endless.addProblems': () => attach((context) => context.attach({ kind: 'problems', of: 'file' })),
    'endless.addTerminalSelection': () => attach((context) => context.attach({ kind: 'terminal' })),
    'endless.addChanges': (source) => attach(async (context) => context.add([await readDiff(false, source)])),
  };
}

/** Who has attached something wants to say something about it. */
async function attachAndFocus({ session, context }: ContextTargets, work: (context: ChatContext) => Promise<boolean>): Promise<void> {
  if (!(await work(context))) return;
  // The view gets the focus first: its composer can take it only then.
  await vscode.commands.executeCommand(`${ChatView.id}.focus`);
  session.focusComposer();
}

/** Completions never read what may hold secrets; here the user has named the file. */
async function addFiles(context: ChatContext, files: readonly vscode.Uri[]): Promise<boolean> {
  if (files.length > 0) return context.attachFiles(files);
  await vscode.window.showInformationMessage(vscode.l10n.t('No file is open. Open one first, or choose files in the explorer.'));
  return false;
}

/** Explorer and tabs give the one that was clicked, the explorer also all that are selected; the palette gives none. */
function filesOf(file: unknown, files: unknown): readonly vscode.Uri[] {
  const given = Array.isArray(files) ? files : [file ?? vscode.window.activeTextEditor?.document.uri];
  return given.filter((uri) => uri instanceof vscode.Uri);
}
