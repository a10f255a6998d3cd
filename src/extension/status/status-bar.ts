import * as vscode from 'vscode';
import { actionLabel } from '../../shared/error-sentences.ts';
import type { Action } from '../../shared/view-messages.ts';
import { ACTION_COMMANDS } from '../commands/action-commands.ts';
import { statusText, type StatusFacts } from './status-text.ts';

/** The item in the status bar; a click opens the chat, and what else can be done is offered under the pointer. */
export class StatusBar implements vscode.Disposable {
  readonly #item: vscode.StatusBarItem;

  constructor() {
    this.#item = vscode.window.createStatusBarItem('endless.status', vscode.StatusBarAlignment.Right, 100);
    this.#item.name = 'Endless';
    this.#item.command = 'endless.openChat';
    this.#item.show();
  }

  show(facts: StatusFacts): void {
    const { text, tooltip, menu } = statusText(vscode.l10n, facts);
    this.#item.text = text;
    this.#item.tooltip = withMenu(tooltip, menu);
  }

  dispose(): void {
    this.#item.dispose();
  }
}

function withMenu(tooltip: string, menu: readonly Action[]): vscode.MarkdownString {
  const links = menu.map((action) => `[${actionLabel(vscode.l10n, action)}](${commandLink(ACTION_COMMANDS[action])})`);
  const markdown = new vscode.MarkdownString().appendText(tooltip).appendMarkdown(`\n\n---\n\n${links.join(' · ')}`);
  markdown.isTrusted = { enabledCommands: menu.map((action) => ACTION_COMMANDS[action][0]) };
  return markdown;
}

function commandLink([command, ...args]: readonly [string, ...unknown[]]): string {
  return `command:${command}${args.length === 0 ? '' : `?${encodeURIComponent(JSON.stringify(args))}`}`;
}
