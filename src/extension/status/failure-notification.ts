import * as vscode from 'vscode';
import { actionLabel, describeError } from '../../shared/error-sentences.ts';
import type { ErrorReport } from '../../shared/errors.ts';
import { ACTION_COMMANDS } from '../commands/action-commands.ts';

/** Says what happened and what to do, with a button for each thing that can be done. */
export async function showFailure(error: ErrorReport): Promise<void> {
  const { sentence, actions } = describeError(vscode.l10n, error);
  const buttons = actions.map((action) => ({ title: actionLabel(vscode.l10n, action), action }));
  const chosen = await vscode.window.showErrorMessage(sentence, ...buttons);
  if (chosen) await vscode.commands.executeCommand(...ACTION_COMMANDS[chosen.action]);
}
