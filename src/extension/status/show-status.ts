import * as vscode from 'vscode';
import type { ChatSession } from '../chat/chat-session.ts';
import type { Status } from '../../shared/protocol/status.ts';
import type { Configuration } from '../configuration.ts';
import type { EngineClient } from '../engine/engine-client.ts';
import { ContextKeySetter } from './context-keys.ts';
import { StatusBar } from './status-bar.ts';

export interface StatusSources {
  readonly session: ChatSession;
  readonly engine: EngineClient;
  readonly configuration: Configuration;
}

/** Keeps the status bar and the context keys in step with the session. */
export function showStatus({ session, engine, configuration }: StatusSources): vscode.Disposable {
  const bar = new StatusBar();
  const keys = new ContextKeySetter();
  const update = (): void => {
    const { status } = session;
    bar.show({ modelPath: configuration.engineSettings.modelPath, engine: engine.state, status });
    keys.set({
      'endless.hasModel': session.hasModel,
      'endless.running': engine.state.kind === 'ready' && isAnswering(status),
      'endless.hasTurns': session.lastTurn !== undefined,
      'endless.canUndoClear': status?.cleared !== undefined,
      'endless.engineFailed': engine.state.kind === 'failed',
    });
  };
  session.on('message', update);
  update();
  return vscode.Disposable.from(bar);
}

/** What is asked beside the conversation is stopped where it was asked. */
function isAnswering(status: Status | undefined): boolean {
  return status !== undefined && status.activity.kind !== 'idle' && status.activity.kind !== 'aside';
}
