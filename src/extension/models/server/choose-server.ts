import * as vscode from 'vscode';
import { describeError } from '../../../shared/error-sentences.ts';
import { EndlessError } from '../../../shared/errors.ts';
import { isReadable, isServerAddress, parseServerAddress, serverAddress, type ServerAddress } from '../../../shared/server-address.ts';
import { abortable } from '../../abortable.ts';
import type { Configuration } from '../../configuration.ts';
import type { EngineClient } from '../../engine/engine-client.ts';
import { showFailure } from '../../status/failure-notification.ts';
import type { ModelChooser } from '../choose-model.ts';
import { consent } from './consent.ts';
import { enterKey } from './enter-key.ts';
import type { ServerSecrets } from './server-secrets.ts';
import { useForChatOnly } from './use-for-chat-only.ts';

export interface ServerTargets {
  readonly configuration: Configuration;
  readonly engine: EngineClient;
  readonly secrets: ServerSecrets;
  readonly chooser: ModelChooser;
}

/** Where llama.cpp's server listens unless it is told otherwise. */
const USUAL = 'http://127.0.0.1:8080/v1';

/**
 * Lets the user choose a server, one of its models, and what that is to do. Nothing but the question which models there are goes there,
 * and not even that where others could read it, unless the user allows it.
 */
export async function chooseServer(targets: ServerTargets): Promise<void> {
  const server = await askForAddress(targets.configuration);
  if (!server || !(await mayBeReadable(targets, server))) return;
  try {
    const models = await listModels(targets, server);
    const model = models && (await askForModel(models, server));
    if (model !== undefined) await use(targets, serverAddress(server.base, model));
  } catch (error) {
    await showFailure(EndlessError.from(error).toReport());
  }
}

async function askForAddress({ engineSettings, completionSettings }: Configuration): Promise<ServerAddress | undefined> {
  const present = [engineSettings.modelPath, completionSettings.modelPath].find(isServerAddress);
  const text = await vscode.window.showInputBox({
    title: vscode.l10n.t('Address of the Server'),
    prompt: vscode.l10n.t('Where its OpenAI-compatible end points are, as http://HOST:PORT/v1'),
    value: present?.replace(/#.*/s, '') ?? USUAL,
    ignoreFocusOut: true,
    validateInput: (address) => (parsed(address) ? undefined : invalid()),
  });
  return text === undefined ? undefined : parsed(text);
}

function parsed(text: string): ServerAddress | undefined {
  try {
    return parseServerAddress(text.trim());
  } catch {
    return undefined;
  }
}

function invalid(): string {
  return describeError(vscode.l10n, { code: 'server-address-invalid', args: {} }).sentence;
}

/** Whoever is on the way could read the text and the key. The engine is told what the user allows. */
async function mayBeReadable({ secrets, engine }: ServerTargets, { origin, host }: ServerAddress): Promise<boolean> {
  if (isReadable(origin) && !(await consent(origin, secrets, (isAllowed) => askForConsent(host, isAllowed)))) return false;
  const connection = await engine.retry();
  await connection.request('allowServer', { origin, ...(await secrets.get(origin)) });
  return true;
}

async function askForConsent(host: string, isAllowed: boolean): Promise<boolean> {
  const allow = vscode.l10n.t('Send It Anyway');
  const details = [
    vscode.l10n.t(
      'Your messages, the code that goes with them and the key would travel unencrypted to {host}. Use https, or a tunnel that ends on this machine, unless you trust everybody on the way.',
      { host },
    ),
    ...(isAllowed ? [vscode.l10n.t('You have allowed it before. Cancelling takes that back.')] : []),
  ];
  const message = vscode.l10n.t('Others on the network could read what you send to {host}.', { host });
  return (await vscode.window.showWarningMessage(message, { modal: true, detail: details.join(' ') }, allow)) === allow;
}

/** The user's act is reason enough to ask for a key once more. */
async function listModels(targets: ServerTargets, server: ServerAddress): Promise<readonly string[] | undefined> {
  for (;;) {
    try {
      return await askServer(targets.engine, server);
    } catch (error) {
      if (!(error instanceof EndlessError) || error.code !== 'server-refuses-key') throw error;
      if (!(await enterKey(targets, server.origin))) return undefined;
    }
  }
}

async function askServer(engine: EngineClient, { base, host }: ServerAddress): Promise<readonly string[]> {
  const options = { location: vscode.ProgressLocation.Notification, title: vscode.l10n.t('Asking {host} for its models…', { host }), cancellable: true };
  return vscode.window.withProgress(options, async (_progress, token) => {
    const { models } = await abortable(token, (signal) => engine.request('listServerModels', { base }, signal));
    return models;
  });
}

async function askForModel(models: readonly string[], { host }: ServerAddress): Promise<string | undefined> {
  if (models.length === 0) throw new EndlessError('server-model-unknown', { host });
  return vscode.window.showQuickPick(models, { title: vscode.l10n.t('Models of {host}', { host }), ignoreFocusOut: true });
}

/** Completions share the model of the chat unless they have one of their own: what they are to keep they are given. */
async function use({ configuration, chooser }: ServerTargets, address: string): Promise<void> {
  const roles = [
    {
      label: `$(comment-discussion) ${vscode.l10n.t('The chat and completions')}`,
      take: async () => {
        if (await chooser.use(address)) await configuration.update('completions.model', '');
      },
    },
    {
      label: `$(comment) ${vscode.l10n.t('The chat only')}`,
      detail: configuration.completionSettings.modelPath
        ? vscode.l10n.t('Completions stay with the model that they have.')
        : vscode.l10n.t('Completions get the bundled model.'),
      take: () => useForChatOnly(address, configuration, chooser),
    },
    { label: `$(sparkle) ${vscode.l10n.t('Completions only')}`, take: () => chooser.use(address, 'completions') },
  ];
  const chosen = await vscode.window.showQuickPick(roles, { title: vscode.l10n.t('What Is It For?'), ignoreFocusOut: true });
  await chosen?.take();
}
