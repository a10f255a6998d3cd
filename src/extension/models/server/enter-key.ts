import * as vscode from 'vscode';
import type { ServerTargets } from './choose-server.ts';
import { chosenServers } from './tell-servers.ts';

/** Asks for the key of a server that the settings name; which one, if they name two. */
export async function enterKeyOfChosenServer(targets: ServerTargets): Promise<void> {
  const origins = chosenServers(targets.configuration);
  const [origin, other] = origins;
  if (origin === undefined) {
    await vscode.commands.executeCommand('endless.chooseServer');
    return;
  }
  const title = vscode.l10n.t('Key of a Server');
  const chosen = other === undefined ? origin : await vscode.window.showQuickPick(origins, { title });
  if (chosen !== undefined) await enterKey(targets, chosen);
}

/**
 * Asks for the key of a server, keeps it, and tells the engine.
 *
 * @returns whether one was entered; an empty one takes back what was.
 */
export async function enterKey({ secrets, engine }: ServerTargets, origin: string): Promise<boolean> {
  const key = await vscode.window.showInputBox({
    title: vscode.l10n.t('Key of {host}', { host: new URL(origin).host }),
    prompt: vscode.l10n.t('It is kept in the store of VS Code for secrets, and goes to this server only. Leave it empty for none.'),
    password: true,
    ignoreFocusOut: true,
  });
  if (key === undefined) return false;
  const permit = await secrets.change(origin, { key: key.trim() });
  await engine.request('allowServer', { origin, ...permit });
  return true;
}
