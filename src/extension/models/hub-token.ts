import * as vscode from 'vscode';
import { actionLabel } from '../../shared/error-sentences.ts';
import { ACTION_COMMANDS } from '../commands/action-commands.ts';
import type { HubAccess } from './hub-access.ts';

/** Asks for the token of the hub, unless it could not be sent. @returns whether one was entered. */
export async function enterHubToken(hub: HubAccess): Promise<boolean> {
  const { host } = hub;
  if (hub.isReadable) {
    await refuse(host);
    return false;
  }
  const token = await vscode.window.showInputBox({
    title: vscode.l10n.t('Access token for {host}', { host }),
    prompt: vscode.l10n.t('It is kept by VS Code as a secret and sent to {host} only.', { host }),
    password: true,
    ignoreFocusOut: true,
    validateInput: (value) => (/^[\x21-\x7e]*$/.test(value.trim()) ? undefined : vscode.l10n.t('A token has no spaces or special letters.')),
  });
  if (token === undefined || token.trim() === '') return false;
  await hub.keepToken(token.trim());
  return true;
}

/** Deletes the token of the hub, and says whether there was one. */
export async function forgetHubToken(hub: HubAccess): Promise<void> {
  const { host } = hub;
  const had = (await hub.token()) !== undefined;
  await hub.forgetToken();
  await vscode.window.showInformationMessage(
    had ? vscode.l10n.t('The token for {host} is forgotten.', { host }) : vscode.l10n.t('There was no token for {host}.', { host }),
  );
}

async function refuse(host: string): Promise<void> {
  const settings = actionLabel(vscode.l10n, 'openSettings');
  const sentence = vscode.l10n.t(
    '{host} is reached without encryption, so others on the way could read a token: none is sent there. Give the address of the model hub with https.',
    { host },
  );
  if ((await vscode.window.showErrorMessage(sentence, settings)) === settings)
    await vscode.commands.executeCommand(...ACTION_COMMANDS.openSettings);
}
