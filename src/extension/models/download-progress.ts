import * as vscode from 'vscode';
import { downloadText } from '../../shared/download-sentences.ts';
import { isUnderWay, type Download } from '../../shared/downloads.ts';
import type { Downloads } from './downloads.ts';

/** Shows a notification for each download that is under way; cancelling it stops the download, and keeps what has come in. */
export class DownloadProgress {
  readonly #downloads: Downloads;
  readonly #shown = new Set<string>();

  constructor(downloads: Downloads) {
    this.#downloads = downloads;
  }

  show(all: readonly Download[]): void {
    for (const download of all.filter(isUnderWay)) if (!this.#shown.has(download.uri)) this.#open(download);
  }

  #open({ uri, name }: Download): void {
    this.#shown.add(uri);
    const options = { location: vscode.ProgressLocation.Notification, title: name, cancellable: true };
    const closed = vscode.window.withProgress(options, (progress, cancelled) => {
      cancelled.onCancellationRequested(() => void this.#downloads.end(uri, false).catch(() => undefined)); // told by the engine's state
      return this.#followed(uri, progress);
    });
    void closed.then(() => this.#shown.delete(uri));
  }

  /** Settles when it is under way no more. */
  #followed(uri: string, progress: vscode.Progress<{ message: string; increment?: number }>): Promise<void> {
    return new Promise((resolve) => {
      let reported = 0;
      const report = (all: readonly Download[]): void => {
        const download = all.find((one) => one.uri === uri);
        if (!download || !isUnderWay(download)) {
          this.#downloads.off('changed', report);
          return resolve();
        }
        const { bytes, totalBytes } = download;
        const percent = totalBytes ? (bytes / totalBytes) * 100 : 0;
        progress.report({ message: downloadText(vscode.l10n, download, vscode.env.language), increment: Math.max(0, percent - reported) });
        reported = Math.max(reported, percent);
      };
      this.#downloads.on('changed', report);
      report(this.#downloads.all);
    });
  }
}
