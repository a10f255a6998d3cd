import * as vscode from 'vscode';
import type { RecentFailures } from './diagnostics/recent-failures.ts';
import type { EngineClient } from './engine/engine-client.ts';
import type { EngineOutput } from './engine/engine-output.ts';

/** The extension's one output channel. */
export function createLog(): vscode.LogOutputChannel {
  return vscode.window.createOutputChannel('Endless', { log: true });
}

/**
 * The engine's lines, what becomes of the connection to it, and what it printed before it crashed go to the channel; failures are
 * noted for the diagnostics, too.
 */
export function logEngine(engine: EngineClient, output: EngineOutput, log: vscode.LogOutputChannel, failures: RecentFailures): void {
  engine.onConnection(async (connection) => {
    connection.onEvent('log', ({ level, message }) => {
      log[level](`[engine] ${message}`);
      if (level === 'error') failures.note({ code: 'internal', args: {}, detail: message });
    });
  });
  engine.on('state', (state) => {
    if (state.kind === 'failed') {
      failures.note(state.error);
      log.error(`The engine failed: ${state.error.code} ${JSON.stringify(state.error.args)} ${state.error.detail ?? ''}`);
    } else log.info(`The engine is ${state.kind}`);
    if (state.kind !== 'failed' && state.kind !== 'restarting') return;
    if (state.kind === 'restarting') failures.note({ code: 'engine-crashed', args: {} });
    const printed = output.readNew();
    if (printed !== '') log.warn(`The engine printed:\n${printed}`);
  });
}
