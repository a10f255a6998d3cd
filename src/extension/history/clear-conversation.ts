import * as vscode from 'vscode';
import type { ChatSession } from '../chat/chat-session.ts';
import { untilDone } from '../commands/until-done.ts';

/** How long a message stays in the status bar, in milliseconds. */
const MESSAGE_MS = 8_000;

/** Where nothing is left to clear, what was cleared can be deleted before its time. */
export async function clearConversation(session: ChatSession): Promise<void> {
  const turns = await session.attempt(() => session.history.size());
  if (turns === undefined) return;
  if (turns > 0) return clear(session, turns);
  if (session.status?.cleared) return deleteCleared(session, session.status.cleared.turns);
  await vscode.window.showInformationMessage(vscode.l10n.t('The conversation is empty: there is nothing to clear.'));
}

async function clear(session: ChatSession, turns: number): Promise<void> {
  const question = vscode.l10n.t('Clear the conversation? All {turns} turns leave the chat and the cache.', { turns: counted(turns) });
  const details = [vscode.l10n.t('This can be undone for a week, or until the next clear; then the text is deleted.')];
  if (session.status?.cleared) details.push(vscode.l10n.t('What was cleared before is deleted now.'));
  const yes = vscode.l10n.t('Clear');
  if ((await vscode.window.showWarningMessage(question, { modal: true, detail: details.join('\n') }, yes)) !== yes) return;
  const cleared = await untilDone(session.attempt(() => session.history.clear()));
  if (cleared === undefined) return;
  const undo = vscode.l10n.t('Undo');
  const sentence = vscode.l10n.t('The conversation has been cleared. Turns: {turns}.', { turns: counted(cleared) });
  if ((await vscode.window.showInformationMessage(sentence, undo)) === undo) await undoClear(session);
}

async function deleteCleared(session: ChatSession, turns: number): Promise<void> {
  const question = vscode.l10n.t('The conversation is empty. Delete what was cleared, {turns} turns, for good?', { turns: counted(turns) });
  const yes = vscode.l10n.t('Delete for Good');
  const detail = vscode.l10n.t('This cannot be undone.');
  if ((await vscode.window.showWarningMessage(question, { modal: true, detail }, yes)) !== yes) return;
  await untilDone(
    session.attempt(async () => {
      await session.history.deleteCleared();
      vscode.window.setStatusBarMessage(`$(trash) ${vscode.l10n.t('Deleted for good')}`, MESSAGE_MS);
    }),
  );
}

/** Brings back what was cleared last, if it has not been deleted since. */
export async function undoClear(session: ChatSession): Promise<void> {
  const turns = await untilDone(session.attempt(() => session.history.undoClear()));
  if (turns === undefined) return;
  const sentence =
    turns > 0
      ? vscode.l10n.t('The conversation is back. The model knows it again with your next message. Turns: {turns}.', {
          turns: counted(turns),
        })
      : vscode.l10n.t('There is nothing to bring back: what was cleared has been deleted since.');
  await vscode.window.showInformationMessage(sentence);
}

function counted(turns: number): string {
  return turns.toLocaleString(vscode.env.language);
}
