import * as vscode from 'vscode';
import { statusText, type StatusFacts } from './status-text.ts';

/** The item in the status bar; a click opens the chat. */
export class StatusBar implements vscode.Disposable {
  readonly #item: vscode.StatusBarItem;

  constructor() {
    this.#item = vscode.window.createStatusBarItem('endless.status', vscode.StatusBarAlignment.Right, 100);
    this.#item.name = 'Endless';
    this.#item.command = 'endless.openChat';
    this.#item.show();
  }

  show(facts: StatusFacts): void {
    const { text, tooltip } = statusText(vscode.l10n, facts);
    this.#item.text = text;
    this.#item.tooltip = tooltip;
  }

  dispose(): void {
    this.#item.dispose();
  }
}
