import * as vscode from 'vscode';
import { EndlessError } from '../../shared/errors.ts';
import { showFailure } from '../status/failure-notification.ts';
import type { EngineClient } from './engine-client.ts';

/** Has an engine that runs end when what is being answered has been; the next one is started then. One that does not run is tried again. */
export async function restartEngine(engine: EngineClient): Promise<void> {
  try {
    if (engine.state.kind !== 'ready') {
      await engine.retry().catch(() => undefined); // told by the engine's state
      return;
    }
    const title = vscode.l10n.t('Restarting the engine when the answer that runs has ended');
    await vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title }, () => engine.request('restart', {}));
  } catch (error) {
    const failure = EndlessError.from(error);
    // The end may have overtaken the answer.
    if (failure.code !== 'engine-restarted') await showFailure(failure.toReport());
  }
}
