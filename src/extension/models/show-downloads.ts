import * as vscode from 'vscode';
import { isUnderWay } from '../../shared/downloads.ts';
import type { DownloadProgress } from './download-progress.ts';
import type { Downloads } from './downloads.ts';

/** Shows what comes in, from the first time that something does, and goes on with what an earlier window has left. */
export function showDownloads(downloads: Downloads): vscode.Disposable {
  let progress: Promise<DownloadProgress> | undefined;
  downloads.on('changed', (all) => {
    if (!all.some(isUnderWay)) return;
    progress ??= import('./download-progress.ts').then((module) => new module.DownloadProgress(downloads));
    void progress.then((shown) => shown.show(downloads.all));
  });
  downloads.goOn();
  return new vscode.Disposable(() => downloads.dispose());
}
