import * as vscode from 'vscode';

/** The context keys that `when` and `enablement` in the manifest speak of; each is set by one of its parts. */
export interface ContextKeys {
  /** A model is chosen for the chat. */
  readonly 'endless.hasModel': boolean;
  /** The chat has the focus. `focusedView` does not say so: VS Code notices no focus within the page of a view. */
  readonly 'endless.chatFocused': boolean;
  /** The engine works on an answer. */
  readonly 'endless.running': boolean;
  /** The conversation has something in it. */
  readonly 'endless.hasTurns': boolean;
  /** What was cleared can be brought back. */
  readonly 'endless.canUndoClear': boolean;
  /** The engine does not run, and no new try is under way. */
  readonly 'endless.engineFailed': boolean;
  /** A commit message is being written. */
  readonly 'endless.writingCommitMessage': boolean;
  /** Nothing is completed until that is taken back. */
  readonly 'endless.completionsPaused': boolean;
}

/** Tells VS Code the context keys, each only when it changes. */
export class ContextKeySetter {
  readonly #told = new Map<string, boolean>();

  set(keys: Partial<ContextKeys>): void {
    for (const [key, value] of Object.entries<boolean>(keys)) {
      if (this.#told.get(key) === value) continue;
      this.#told.set(key, value);
      void vscode.commands.executeCommand('setContext', key, value);
    }
  }
}
