import * as vscode from 'vscode';
import type { EngineClient } from './engine/engine-client.ts';

/** The extension's one output channel. */
export function createLog(): vscode.LogOutputChannel {
  return vscode.window.createOutputChannel('Endless', { log: true });
}

/** The engine's lines, and what becomes of the connection to it, go to the same channel. */
export function logEngine(engine: EngineClient, log: vscode.LogOutputChannel): void {
  engine.onConnection(async (connection) => {
    connection.onEvent('log', ({ level, message }) => log[level](`[engine] ${message}`));
  });
  engine.on('state', (state) => {
    if (state.kind === 'failed')
      log.error(`The engine failed: ${state.error.code} ${JSON.stringify(state.error.args)} ${state.error.detail ?? ''}`);
    else log.info(`The engine is ${state.kind}`);
  });
}
