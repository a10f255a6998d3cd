import * as vscode from 'vscode';
import { EndlessError } from '../../shared/errors.ts';
import type { CompletionOutcome, CompletionPlace, CompletionResult, CompletionSettings } from '../../shared/protocol.ts';
import { SuggestionCache } from '../../shared/suggestion-cache.ts';
import type { EngineClient } from '../engine/engine-client.ts';
import { CompletionJournal, type Decision } from './completion-journal.ts';
import type { CompletionRules } from './completion-rules.ts';
import { Debounce } from './debounce.ts';
import { readPlace } from './place-reader.ts';

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

export type Obstacle = Extract<CompletionOutcome, 'no-infill' | 'other-model'> | 'engine-failed';

/** Ghost text: asks the engine what to write at the cursor, unless that is known already or must not be asked. */
export class CompletionProvider implements vscode.InlineCompletionItemProvider, vscode.Disposable {
  readonly journal = new CompletionJournal();
  readonly #sources: CompletionSources;
  readonly #known = new SuggestionCache();
  readonly #debounce = new Debounce();
  readonly #changed = new vscode.EventEmitter<CompletionActivity>();
  #waiting = 0;
  /** The text before the place that is asked about ahead, while it is. */
  #ahead: string | undefined;
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
    const path = vscode.workspace.asRelativePath(document.uri, false);
    const decide = (decision: Decision, stats?: CompletionResult['stats']): void => {
      const ms = performance.now() - asked;
      this.journal.add({ path, line: position.line + 1, column: position.character + 1, decision, ms, stats });
    };
    const refusal = this.#sources.rules.refusal(document);
    if (refusal) {
      decide(refusal);
      return undefined;
    }
    const explicit = triggerKind === vscode.InlineCompletionTriggerKind.Invoke;
    const known = explicit ? undefined : this.#obstacleAt(document, position, selected);
    if (known) {
      decide(known);
      return undefined;
    }
    const place = readPlace(document, position, { path, explicit, selected });
    const text = await this.#suggestionAt(place, token, decide);
    if (!text || token.isCancellationRequested) return undefined;
    if (selected) return [new vscode.InlineCompletionItem(selected.text + text, selected.range)];
    return [new vscode.InlineCompletionItem(text, new vscode.Range(position, position))];
  }

  /** Forgets what is known, for when the model or the settings are others. */
  reset(): void {
    this.#known.clear();
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
  ): 'no-infill' | 'inside-word' | undefined {
    if (this.#obstacle === 'no-infill') return this.#obstacle;
    if (selected) return undefined;
    const { text } = document.lineAt(position.line);
    return isInsideWord(text, position.character) ? 'inside-word' : undefined;
  }

  async #suggestionAt(place: CompletionPlace, token: vscode.CancellationToken, decide: Decide): Promise<string | undefined> {
    const known = place.explicit ? undefined : this.#known.get(place);
    if (known) {
      decide(known.text ? 'known' : 'known-nothing');
      this.#lookAhead(place, known.text);
      return known.text;
    }
    if (!place.explicit) await pause(this.#debounce.delayMs, token);
    if (token.isCancellationRequested) {
      decide('cancelled');
      return undefined;
    }
    const answer = await this.#ask(place, token);
    decide(answer?.outcome ?? 'engine-failed', answer?.stats);
    if (answer?.outcome === 'suggested') this.#lookAhead(place, answer.text);
    return answer?.text;
  }

  /** What would be suggested if this were accepted is asked for now: who presses Tab does not wait for it. */
  #lookAhead(place: CompletionPlace, text: string): void {
    const next = { ...place, before: place.before + text, explicit: false };
    // While a suggestion is typed, what follows it stays the same.
    if (!text || this.#ahead === next.before || this.#known.get(next)) return;
    this.#ahead = next.before;
    void this.#request(next, { ahead: true }).finally(() => {
      if (this.#ahead === next.before) this.#ahead = undefined;
    });
  }

  async #ask(place: CompletionPlace, token: vscode.CancellationToken): Promise<CompletionResult | undefined> {
    const controller = new AbortController();
    const cancelled = token.onCancellationRequested(() => controller.abort());
    this.#waiting++;
    this.#tell();
    try {
      const answer = await this.#request(place, { signal: controller.signal });
      const ms = answer?.stats?.totalMs;
      if (answer && FINAL.has(answer.outcome) && ms !== undefined) {
        this.#debounce.answered(ms);
        this.#lastMs = ms;
      }
      return answer;
    } finally {
      cancelled.dispose();
      this.#waiting--;
      this.#tell();
    }
  }

  async #request(place: CompletionPlace, { ahead = false, signal }: RequestOptions): Promise<CompletionResult | undefined> {
    const { engine, settings, log } = this.#sources;
    const asked = settings();
    try {
      const answer = await engine.request('complete', { place, settings: asked, ahead }, signal);
      const { outcome } = answer;
      if (asked !== settings()) return answer;
      if (FINAL.has(outcome)) this.#known.set(place, answer);
      this.#obstacle = outcome === 'no-infill' || outcome === 'other-model' ? outcome : undefined;
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

type Decide = (decision: Decision, stats?: CompletionResult['stats']) => void;

interface RequestOptions {
  /** Nobody waits for it yet. */
  readonly ahead?: boolean;
  readonly signal?: AbortSignal;
}

/** Whether what is suggested would stand in the middle of a name. */
function isInsideWord(line: string, at: number): boolean {
  return /\w/.test(line[at] ?? '') && /\w/.test(line[at - 1] ?? '');
}

/** The model has been asked, and has said what it says at this place. */
const FINAL: ReadonlySet<CompletionResult['outcome']> = new Set(['suggested', 'silent', 'discarded']);

/** Waits, or until nobody is interested any more. */
function pause(ms: number, token: vscode.CancellationToken): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      cancelled.dispose();
      resolve();
    };
    const timer = setTimeout(done, ms);
    const cancelled = token.onCancellationRequested(done);
  });
}
