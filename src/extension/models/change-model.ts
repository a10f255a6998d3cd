import * as vscode from 'vscode';
import type { ChatSession } from '../chat/chat-session.ts';
import { ChatView } from '../chat/chat-view.ts';
import { untilDone } from '../commands/until-done.ts';
import type { Configuration } from '../configuration.ts';
import type { EngineClient } from '../engine/engine-client.ts';
import type { Purpose } from '../../shared/downloads.ts';
import { EndlessError } from '../../shared/errors.ts';
import { showFailure } from '../status/failure-notification.ts';

/** A model that is to be used. */
export interface Change {
  /** A path, or what stands for one in the settings. */
  readonly setting: string;
  readonly purpose: Purpose;
  /** What the settings hold again where the chat cannot have it. */
  readonly former: string;
  /** Another one was chosen meanwhile. */
  readonly signal: AbortSignal;
}

export interface ChangeParts {
  readonly configuration: Configuration;
  readonly engine: EngineClient;
  readonly session: ChatSession;
}

/**
 * Changes to another model, and tells why where it cannot be. A file is looked at before it is taken, so that a bad one never replaces a
 * good one.
 *
 * @returns whether it is used from now on.
 */
export async function changeModel(change: Change, parts: ChangeParts): Promise<boolean> {
  const { setting, purpose, signal } = change;
  try {
    await vscode.window.withProgress({ location: { viewId: ChatView.id } }, () => inspect(change, parts));
    if (purpose === 'chat') await become(change, parts);
    else await parts.configuration.update('completions.model', setting);
    return true;
  } catch (error) {
    if (!signal.aborted) await fail(EndlessError.from(error), parts);
    return false;
  }
}

/** The user's act is reason enough to try an engine that has failed once more. */
async function inspect({ setting, purpose, signal }: Change, { configuration, engine }: ChangeParts): Promise<void> {
  const connection = await engine.retry();
  await connection.request('inspectModel', { path: configuration.resolve(setting), purpose, isChosen: true }, signal);
  signal.throwIfAborted();
}

/** The engine takes the new model at once; where it cannot, the one before is chosen again. */
async function become({ setting, former, signal }: Change, { configuration, session }: ChangeParts): Promise<void> {
  await configuration.update('model.path', setting);
  try {
    await untilDone(session.switchModel(signal));
  } catch (error) {
    // Not where yet another one was chosen meanwhile, here or in the settings, or the same once more.
    if (!signal.aborted && configuration.modelSetting === setting) await configuration.update('model.path', former);
    throw error;
  }
}

/** The chat itself shows why there is no model, or no engine. */
async function fail(error: EndlessError, { engine, session }: ChangeParts): Promise<void> {
  const report = error.toReport();
  if (!session.hasModel) session.modelChanged(report);
  else if (engine.state.kind !== 'failed') await showFailure(report);
}
