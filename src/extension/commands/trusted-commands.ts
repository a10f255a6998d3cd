import * as vscode from 'vscode';
import type { Commands } from './commands.ts';

/**
 * Commands that do nothing in a workspace that is not trusted but say so. The manifest disables them there, which ends neither a
 * key that the user has bound nor another extension.
 */
export function trustedCommands(commands: Commands): Commands {
  return Object.fromEntries(Object.entries(commands).map(([id, run]) => [id, (...args) => whereTrusted(() => run(...args))]));
}

/** Does something that only a trusted workspace allows, or says why it is not done. */
export function whereTrusted(act: () => unknown): unknown {
  return vscode.workspace.isTrusted ? act() : explain();
}

async function explain(): Promise<void> {
  const sentence = vscode.l10n.t('Endless does not write anything in this workspace, since it is not trusted.');
  const manage = vscode.l10n.t('Manage trust');
  const chosen = await vscode.window.showInformationMessage(sentence, manage);
  if (chosen === manage) await vscode.commands.executeCommand('workbench.trust.manage');
}
