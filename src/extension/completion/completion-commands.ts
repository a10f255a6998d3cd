import * as vscode from 'vscode';
import { SETTINGS_SECTION } from '../../shared/settings.ts';
import type { Configuration } from '../configuration.ts';
import { ContextKeySetter } from '../status/context-keys.ts';
import { meaningOf } from './completion-journal.ts';
import type { CompletionProvider } from './completion-provider.ts';
import type { CompletionRules } from './completion-rules.ts';
import { pathOf } from './document-path.ts';

export interface CompletionTargets {
  readonly configuration: Configuration;
  readonly provider: CompletionProvider;
  readonly rules: CompletionRules;
  readonly log: vscode.LogOutputChannel;
}

/** Registers the commands for completions that the manifest declares. */
export function registerCompletionCommands({ configuration, provider, rules, log }: CompletionTargets): vscode.Disposable {
  const commands: Readonly<Record<string, () => unknown>> = {
    'endless.completions.pause': () => (rules.paused = true),
    'endless.completions.resume': () => (rules.paused = false),
    'endless.completions.toggleLanguage': () => toggleLanguage(configuration),
    'endless.completions.why': () => explain(provider, rules, log),
    'endless.completions.menu': () => showMenu(rules),
  };
  const keys = new ContextKeySetter();
  const tellPaused = (): void => keys.set({ 'endless.completionsPaused': rules.paused });
  return vscode.Disposable.from(
    ...Object.entries(commands).map(([id, run]) => vscode.commands.registerCommand(id, run)),
    rules.onDidChange(tellPaused),
  );
}

interface Choice extends vscode.QuickPickItem {
  readonly command: readonly [string, ...unknown[]];
}

async function showMenu(rules: CompletionRules): Promise<void> {
  const document = vscode.window.activeTextEditor?.document;
  const choices: Choice[] = [
    rules.paused
      ? { label: `$(play) ${vscode.l10n.t('Resume completions')}`, command: ['endless.completions.resume'] }
      : { label: `$(debug-pause) ${vscode.l10n.t('Pause completions')}`, command: ['endless.completions.pause'] },
    ...(document ? [languageChoice(rules, document)] : []),
    { label: `$(question) ${vscode.l10n.t('Why no completion here?')}`, command: ['endless.completions.why'] },
    {
      label: `$(gear) ${vscode.l10n.t('Settings for completions')}`,
      command: ['workbench.action.openSettings', `${SETTINGS_SECTION}.completions`],
    },
    { label: `$(debug-disconnect) ${vscode.l10n.t('Free the GPU')}`, command: ['endless.freeGpu'] },
    { label: `$(comment-discussion) ${vscode.l10n.t('Open the chat')}`, command: ['endless.openChat'] },
  ];
  const chosen = await vscode.window.showQuickPick(choices, { title: vscode.l10n.t('Endless Completions') });
  if (chosen) await vscode.commands.executeCommand(...chosen.command);
}

function languageChoice(rules: CompletionRules, document: vscode.TextDocument): Choice {
  const { languageId: language } = document;
  const label = rules.isEnabled(document)
    ? `$(circle-slash) ${vscode.l10n.t('Turn off for {language}', { language })}`
    : `$(check) ${vscode.l10n.t('Turn on for {language}', { language })}`;
  return { label, command: ['endless.completions.toggleLanguage'] };
}

async function toggleLanguage(configuration: Configuration): Promise<void> {
  const languageId = vscode.window.activeTextEditor?.document.languageId;
  if (languageId !== undefined) await configuration.enableCompletions(languageId, !configuration.completionsEnabled(languageId));
}

function explain(provider: CompletionProvider, rules: CompletionRules, log: vscode.LogOutputChannel): void {
  log.show(true);
  const editor = vscode.window.activeTextEditor;
  if (!editor) {
    log.info('Why no completion? No text editor is active.');
    return;
  }
  const path = pathOf(editor.document);
  const line = editor.selection.active.line + 1;
  const refusal = rules.refusal(editor.document);
  log.info(`Why no completion at ${path}:${line}? ${refusal ? `Now ${meaningOf(refusal)}.` : 'Nothing stands in its way now.'}`);
  for (const text of provider.journal.lines(path, line)) log.info(text);
}
