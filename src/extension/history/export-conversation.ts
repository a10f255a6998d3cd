import * as vscode from 'vscode';
import { EndlessError } from '../../shared/errors.ts';
import type { ChatSession } from '../chat/chat-session.ts';
import type { History } from './history.ts';
import { MarkdownExport } from './markdown-export.ts';

/** Asks for a file, writes the whole conversation into it as Markdown, and offers to open it. */
export async function exportConversation(session: ChatSession): Promise<void> {
  const uri = await vscode.window.showSaveDialog({
    title: vscode.l10n.t('Export Conversation'),
    ...proposedFile(new Date()),
    filters: { [vscode.l10n.t('Markdown')]: ['md'] },
  });
  if (!uri) return;
  const turns = await session.attempt(async () => writeWithProgress(session.history, uri));
  if (turns === undefined) return;
  const open = vscode.l10n.t('Open');
  const count = turns.toLocaleString(vscode.env.language);
  const sentence = vscode.l10n.t('The conversation has been exported. Turns: {turns}.', { turns: count });
  if ((await vscode.window.showInformationMessage(sentence, open)) === open) await vscode.commands.executeCommand('vscode.open', uri);
}

/** @returns how many turns were written; undefined when the user has cancelled it, and nothing is written then. */
function writeWithProgress(history: History, uri: vscode.Uri): Thenable<number | undefined> {
  const options = { location: vscode.ProgressLocation.Notification, title: vscode.l10n.t('Exporting the conversation'), cancellable: true };
  return vscode.window.withProgress(options, async (progress, token) => {
    const total = await history.size();
    const writer = new MarkdownExport(vscode.l10n, vscode.env.language);
    const parts = [Buffer.from(writer.title(new Date()))];
    let turns = 0;
    for await (const page of history.pages()) {
      if (token.isCancellationRequested) return undefined;
      parts.push(Buffer.from(writer.page(page)));
      turns += page.length;
      const done = vscode.l10n.t('{done} of {total} turns', { done: turns, total });
      progress.report({ message: done, increment: (100 * page.length) / Math.max(total, 1) });
    }
    await write(uri, Buffer.concat(parts));
    return turns;
  });
}

async function write(uri: vscode.Uri, content: Uint8Array): Promise<void> {
  try {
    await vscode.workspace.fs.writeFile(uri, content);
  } catch (error) {
    throw new EndlessError('export-failed', { path: uri.path }, error);
  }
}

/** In the first folder of the workspace, named by the day. */
function proposedFile(now: Date): Pick<vscode.SaveDialogOptions, 'defaultUri'> {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${String(now.getFullYear())}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  return folder ? { defaultUri: vscode.Uri.joinPath(folder.uri, `endless-${day}.md`) } : {};
}
