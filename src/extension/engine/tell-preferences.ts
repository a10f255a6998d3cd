import type * as vscode from 'vscode';
import type { Configuration } from '../configuration.ts';
import type { EngineClient } from './engine-client.ts';

/** Tells every engine how it is to be as a whole, before anything else, and again when the user changes it. */
export function tellPreferences(configuration: Configuration, engine: EngineClient): vscode.Disposable {
  engine.onConnection(async (connection) => {
    await connection.request('prefer', { preferences: configuration.enginePreferences });
  });
  return configuration.onDidChangePreferences(() => {
    // An engine that is not there is told when it comes.
    if (engine.state.kind !== 'ready') return;
    engine.request('prefer', { preferences: configuration.enginePreferences }).catch(() => undefined); // told by the engine's state
  });
}
