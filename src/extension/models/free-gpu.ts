import * as vscode from 'vscode';
import type { ChatSession } from '../chat/chat-session.ts';
import { untilDone } from '../commands/until-done.ts';

/** How long a message stays in the status bar, in milliseconds. */
const MESSAGE_MS = 8_000;

/** Has the engine write down the caches and unload all models, when what is being answered has been. */
export async function freeGpu(session: ChatSession): Promise<void> {
  const isFree = await untilDone(session.freeGpu());
  if (isFree === true) vscode.window.setStatusBarMessage(`$(debug-disconnect) ${vscode.l10n.t('The GPU is free')}`, MESSAGE_MS);
  if (isFree === false) await vscode.window.showInformationMessage(vscode.l10n.t('No model is loaded: there is nothing to free.'));
}
