import * as vscode from 'vscode';
import type { Configuration } from '../configuration.ts';
import type { EngineClient } from '../engine/engine-client.ts';
import { registerCompletionCommands } from './completion-commands.ts';
import { CompletionProvider } from './completion-provider.ts';
import { COMPLETED_DOCUMENTS, CompletionRules } from './completion-rules.ts';
import { CompletionStatus } from './completion-status.ts';
import { PassageCollector } from './passage-collector.ts';

/** Puts the parts of the completions together. Nothing is asked of the engine before somebody types. */
export function registerCompletions(configuration: Configuration, engine: EngineClient, log: vscode.LogOutputChannel): vscode.Disposable {
  const rules = new CompletionRules(configuration);
  const provider = new CompletionProvider({ engine, rules, settings: () => configuration.completionSettings, log });
  return vscode.Disposable.from(
    rules,
    provider,
    new PassageCollector({ engine, rules, log }),
    new CompletionStatus(rules, provider.onDidChangeActivity),
    configuration.onDidChangeCompletions(() => provider.reset()),
    registerCompletionCommands({ configuration, provider, rules, log }),
    vscode.languages.registerInlineCompletionItemProvider(COMPLETED_DOCUMENTS, provider),
  );
}
