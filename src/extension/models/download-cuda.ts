import * as vscode from 'vscode';
import { EndlessError } from '../../shared/errors.ts';
import type { CudaState } from '../../shared/protocol/cuda.ts';
import { abortable } from '../abortable.ts';
import type { EngineClient } from '../engine/engine-client.ts';
import { restartEngine } from '../engine/restart-engine.ts';
import { showFailure } from '../status/failure-notification.ts';

/** Downloads what the library needs to run on CUDA, if the user wants that; deletes it where it is there. */
export async function downloadCuda(engine: EngineClient): Promise<void> {
  try {
    const state = await engine.request('cuda', {});
    switch (state.kind) {
      case 'none':
        throw new EndlessError('cuda-unsupported');
      case 'installed':
        await vscode.window.showInformationMessage(vscode.l10n.t('The CUDA back end came with the library: there is nothing to download.'));
        return;
      case 'downloaded':
        await offerDeletion(engine, state);
        return;
      case 'absent':
      case 'outdated':
        await offerDownload(engine, state);
    }
  } catch (error) {
    await showFailure(EndlessError.from(error).toReport());
  }
}

async function offerDownload(engine: EngineClient, { kind, folder, downloadBytes, unpackedBytes }: CudaState): Promise<void> {
  const question =
    kind === 'outdated'
      ? vscode.l10n.t('After the update of Endless the CUDA back end has to be downloaded again. Download it?')
      : vscode.l10n.t('Download the CUDA back end for NVIDIA GPUs?');
  const detail = vscode.l10n.t(
    'npm loads {download} MB from its registry, and they take {unpacked} MB in {folder}. Only what has the checksums that Endless knows is kept. An NVIDIA driver and a CUDA runtime have to be there already.',
    { download: megabytes(downloadBytes), unpacked: megabytes(unpackedBytes), folder },
  );
  const yes = vscode.l10n.t('Download');
  if ((await vscode.window.showInformationMessage(question, { modal: true, detail }, yes)) !== yes) return;
  const isThere = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: vscode.l10n.t('Loading the CUDA back end'), cancellable: true },
    (_progress, token) => abortable(token, (signal) => download(engine, signal)),
  );
  if (isThere) await offerRestart(engine, vscode.l10n.t('The CUDA back end is there. The engine finds it when it is started anew.'));
}

/** @returns whether it is there now; not when the user has cancelled it. */
async function download(engine: EngineClient, signal: AbortSignal): Promise<boolean> {
  try {
    await engine.request('downloadCuda', {}, signal);
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  }
}

async function offerDeletion(engine: EngineClient, { folder, unpackedBytes }: CudaState): Promise<void> {
  const question = vscode.l10n.t('The CUDA back end is there already. Delete it?');
  const detail = vscode.l10n.t('It takes {unpacked} MB in {folder}.', { unpacked: megabytes(unpackedBytes), folder });
  const yes = vscode.l10n.t('Delete');
  if ((await vscode.window.showWarningMessage(question, { modal: true, detail }, yes)) !== yes) return;
  await engine.request('deleteCuda', {});
  await offerRestart(engine, vscode.l10n.t('The CUDA back end was deleted. An engine that runs on it does so until it is started anew.'));
}

/** Native libraries are loaded once in the life of a process. */
async function offerRestart(engine: EngineClient, sentence: string): Promise<void> {
  const restart = vscode.l10n.t('Restart engine');
  if ((await vscode.window.showInformationMessage(sentence, restart)) === restart) await restartEngine(engine);
}

function megabytes(bytes: number): string {
  return Math.ceil(bytes / 1e6).toLocaleString(vscode.env.language);
}
