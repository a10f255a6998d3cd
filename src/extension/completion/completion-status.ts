import * as vscode from 'vscode';
import type { CompletionActivity } from './completion-provider.ts';
import type { CompletionRules } from './completion-rules.ts';

interface State {
  readonly icon: string;
  readonly tooltip: string;
}

/** The item in the status bar that tells of completions: whether they are on here, and how long the last one took. */
export class CompletionStatus implements vscode.Disposable {
  readonly #item: vscode.StatusBarItem;
  readonly #rules: CompletionRules;
  readonly #watch: vscode.Disposable;
  #activity: CompletionActivity = { isWorking: false, lastMs: undefined, obstacle: undefined };

  constructor(rules: CompletionRules, onDidChangeActivity: vscode.Event<CompletionActivity>) {
    this.#rules = rules;
    this.#item = vscode.window.createStatusBarItem('endless.completions', vscode.StatusBarAlignment.Right, 99);
    this.#item.name = vscode.l10n.t('Endless Completions');
    this.#item.command = 'endless.completions.menu';
    this.#watch = vscode.Disposable.from(
      onDidChangeActivity((activity) => {
        this.#activity = activity;
        this.#update();
      }),
      rules.onDidChange(() => this.#update()),
      vscode.window.onDidChangeActiveTextEditor(() => this.#update()),
    );
    this.#update();
  }

  dispose(): void {
    this.#watch.dispose();
    this.#item.dispose();
  }

  #update(): void {
    const document = vscode.window.activeTextEditor?.document;
    const state = document && this.#state(document);
    if (!state) {
      this.#item.hide();
      return;
    }
    const { icon, tooltip } = state;
    const { lastMs } = this.#activity;
    this.#item.text = lastMs === undefined ? icon : `${icon} ${Math.round(lastMs)} ms`;
    this.#item.tooltip = tooltip;
    this.#item.accessibilityInformation = { label: tooltip };
    this.#item.show();
  }

  #state(document: vscode.TextDocument): State | undefined {
    switch (this.#rules.refusal(document)) {
      case 'no-code':
        return undefined;
      case 'paused':
        return { icon: '$(debug-pause)', tooltip: vscode.l10n.t('Endless completions are paused. Click for more.') };
      case 'no-model':
        return { icon: '$(circle-slash)', tooltip: vscode.l10n.t('Endless has no model to complete with. Click for more.') };
      case 'language':
        return { icon: '$(circle-slash)', tooltip: vscode.l10n.t('Endless completions are off for this language. Click for more.') };
      case 'excluded':
        return { icon: '$(lock)', tooltip: vscode.l10n.t('Endless does not read this file. Click for more.') };
      case undefined:
        return this.#engineState();
    }
  }

  #engineState(): State {
    switch (this.#activity.obstacle) {
      case 'no-infill':
        return {
          icon: '$(circle-slash)',
          tooltip: vscode.l10n.t('This model was not made to complete code. Choose one for completions in the settings. Click for more.'),
        };
      case 'no-rewind':
        return {
          icon: '$(circle-slash)',
          tooltip: vscode.l10n.t('This model cannot complete while you type: it would read everything anew at each key. Click for more.'),
        };
      case 'other-model':
        return {
          icon: '$(circle-slash)',
          tooltip: vscode.l10n.t('The chat has another model in memory. Completions go on with its next message. Click for more.'),
        };
      case 'freed':
        return {
          icon: '$(debug-disconnect)',
          tooltip: vscode.l10n.t(
            'The model was unloaded. Completions go on with your next message, or when you ask for one. Click for more.',
          ),
        };
      case 'engine-failed':
        return { icon: '$(warning)', tooltip: vscode.l10n.t('Endless could not complete here. Click for more.') };
      case undefined:
        return {
          icon: this.#activity.isWorking ? '$(loading~spin)' : '$(sparkle)',
          tooltip: vscode.l10n.t('Endless completions are on: Tab accepts. Click for more.'),
        };
    }
  }
}
