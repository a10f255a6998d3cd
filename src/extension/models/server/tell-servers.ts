import * as vscode from 'vscode';
import type { EngineConnection } from '../../../link/rpc.ts';
import { isServerAddress, parseServerAddress } from '../../../shared/server-address.ts';
import type { Configuration } from '../../configuration.ts';
import type { EngineClient } from '../../engine/engine-client.ts';
import type { ServerSecrets } from './server-secrets.ts';

/** The servers that the settings name, as the origins that keys are for. */
export function chosenServers({ engineSettings, completionSettings }: Configuration): readonly string[] {
  const origins = [engineSettings.modelPath, completionSettings.modelPath].flatMap((model) => {
    try {
      return isServerAddress(model) ? parseServerAddress(model).origin : [];
    } catch {
      // The engine says what is wrong with the address when it is to be used.
      return [];
    }
  });
  return [...new Set(origins)];
}

/** Tells every engine, over its authenticated socket, the keys of the servers that are chosen, and again when they change. */
export function tellServers(configuration: Configuration, engine: EngineClient, secrets: ServerSecrets): vscode.Disposable {
  const tell = async (connection: EngineConnection): Promise<void> => {
    for (const origin of chosenServers(configuration)) await connection.request('allowServer', { origin, ...(await secrets.get(origin)) });
  };
  const tellAgain = (): void => {
    // An engine that is not there is told when it comes.
    if (engine.state.kind !== 'ready') return;
    engine
      .connected()
      .then(tell)
      .catch(() => undefined); // told by the engine's state
  };
  engine.onConnection(tell);
  return vscode.Disposable.from(
    configuration.onDidChangeModel(tellAgain),
    configuration.onDidChangeCompletions(tellAgain),
    secrets.onDidChange(tellAgain),
  );
}
