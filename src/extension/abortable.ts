import type * as vscode from 'vscode';

/** Runs something that is aborted when VS Code does not wait any more. */
export async function abortable<T>(token: vscode.CancellationToken, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const cancelled = token.onCancellationRequested(() => controller.abort());
  try {
    return await run(controller.signal);
  } finally {
    cancelled.dispose();
  }
}
