import * as vscode from 'vscode';
import { readPlace } from '../../shared/completion/place-reader.ts';
import { Suggester, type Asking } from '../../shared/completion/suggester.ts';
import { EndlessError } from '../../shared/errors.ts';
import type { CompletionOutcome, CompletionPlace, CompletionResult, CompletionSettings } from '../../shared/protocol/completion.ts';
import { abortable } from '../abortable.ts';
import type { EngineClient } from '../engine/engine-client.ts';
import { CompletionJournal, type Decision } from './completion-journal.ts';
import type { CompletionRules } from './completion-rules.ts';
import { pathOf } from './document-path.ts';

export interface CompletionSources {
  readonly engine: EngineClient;
  readonly rules: CompletionRules;
  readonly settings: () => CompletionSettings;
  readonly log: vscode.LogOutputChannel;
}

/** What the status bar tells of completions. */
export interface CompletionActivity {
  readonly isWorking: boolean;
  /** How long the last answer took, if there was one. */
  readonly lastMs: number | undefined;
  /** Why the engine has none at all, if it has none. */
  readonly obstacle: Obstacle | undefined;
}

export type Obstacle = Extract<CompletionOutcome, 'no-infill' | 'no-rewind' | 'other-model' | 'freed'> | 'engine-failed';

/** Ghost text: asks the engine what to write at the cursor, unless that is known already or must not be asked. */
export class CompletionProvider implements vscode.InlineCompletionItemProvider, vscode.Disposable {
  readonly journal = new CompletionJournal();
  readonly #sources: CompletionSources;
  readonly #suggester = new Suggester((place, asking) => this.#ask(place, asking));
  readonly #changed = new vscode.EventEmitter<CompletionActivity>();
  #waiting = 0;
  #lastMs: number | undefined;
  #obstacle: Obstacle | undefined;

  constructor(sources: CompletionSources) {
    this.#sources = sources;
  }

  get onDidChangeActivity(): vscode.Event<CompletionActivity> {
    return this.#changed.event;
  }

  async provideInlineCompletionItems(
    document: vscode.TextDocument,
    position: vscode.Position,
    { triggerKind, selectedCompletionInfo: selected }: vscode.InlineCompletionContext,
    token: vscode.CancellationToken,
  ): Promise<vscode.InlineCompletionItem[] | undefined> {
    const asked = performance.now();
    const path = pathOf(document);
    const decide = (decision: Decision, stats?: CompletionResult['stats']): void => {
      const ms = performance.now() - asked;
      this.journal.add({ path, line: position.line + 1, column: position.character + 1, decision, ms, stats });
    };
    const explicit = triggerKind === vscode.InlineCompletionTriggerKind.Invoke;
    const refusal = this.#sources.rules.refusal(document) ?? (explicit ? undefined : this.#obstacleAt(document, position, selected));
    if (refusal) {
      decide(refusal);
      return undefined;
    }
    const repository = vscode.workspace.name ?? '';
    const place = readPlace(document, position, { repository, path, explicit, selected });
    const { decision, texts, stats } = await abortable(token, (signal) => this.#suggester.suggest(place, signal));
    decide(decision, stats);
    if (texts.length === 0 || token.isCancellationRequested) return undefined;
    const range = selected?.range ?? new vscode.Range(position, position);
    return texts.map((text) => new vscode.InlineCompletionItem((selected?.text ?? '') + text, range));
  }

  /** Forgets what is known, for when the model or the settings are others. */
  reset(): void {
    this.#suggester.reset();
    this.#obstacle = undefined;
    this.#tell();
  }

  dispose(): void {
    this.#changed.dispose();
  }

  /** What makes it senseless to ask, unless somebody wants it with a key. */
  #obstacleAt(
    document: vscode.TextDocument,
    position: vscode.Position,
    selected: vscode.SelectedCompletionInfo | undefined,
  ): 'no-infill' | 'no-rewind' | 'inside-word' | undefined {
    if (this.#obstacle === 'no-infill' || this.#obstacle === 'no-rewind') return this.#obstacle;
    if (selected) return undefined;
    const { text } = document.lineAt(position.line);
    return isInsideWord(text, position.character) ? 'inside-word' : undefined;
  }

  async #ask(place: CompletionPlace, { ahead, signal }: Asking): Promise<CompletionResult | undefined> {
    if (ahead) return this.#request(place, { ahead, signal });
    this.#waiting++;
    this.#tell();
    try {
      const answer = await this.#request(place, { ahead, signal });
      if (answer?.stats && answer.outcome !== 'superseded' && !place.explicit) this.#lastMs = answer.stats.totalMs;
      return answer;
    } finally {
      this.#waiting--;
      this.#tell();
    }
  }

  async #request(place: CompletionPlace, { ahead, signal }: Asking): Promise<CompletionResult | undefined> {
    const { engine, settings, log } = this.#sources;
    const asked = settings();
    try {
      const answer = await engine.request('complete', { place, settings: asked, ahead }, signal);
      const { outcome } = answer;
      if (asked === settings()) this.#obstacle = isObstacle(outcome) ? outcome : undefined;
      return answer;
    } catch (error) {
      // It would fail at the next key, too: once in the log is enough.
      if (this.#obstacle !== 'engine-failed') log.warn(`A completion failed: ${EndlessError.from(error).message}`);
      this.#obstacle = 'engine-failed';
      return undefined;
    }
  }

  #tell(): void {
    this.#changed.fire({ isWorking: this.#waiting > 0, lastMs: this.#lastMs, obstacle: this.#obstacle });
  }
}

function isObstacle(outcome: CompletionOutcome): outcome is Extract<CompletionOutcome, Obstacle> {
  return outcome === 'no-infill' || outcome === 'no-rewind' || outcome === 'other-model' || outcome === 'freed';
}

const LETTER = /[\p{L}\p{M}\p{N}_$]/u;

/** Whether what is suggested would stand in the middle of a name. */
function isInsideWord(line: string, at: number): boolean {
  return LETTER.test(line[at] ?? '') && LETTER.test(line[at - 1] ?? '');
}
