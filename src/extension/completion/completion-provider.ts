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

export type Obstacle = Extract<CompletionOutcome, 'no-infill' | 'other-model'>;

/** Ghost text: asks the engine what to write at the cursor, unless that is known already or must not be asked. */
export class CompletionProvider implements vscode.InlineCompletionItemProvider, vscode.Disposable {
  readonly journal = new CompletionJournal();
  readonly #sources: CompletionSources;
  readonly #known = new SuggestionCache();
  readonly #debounce = new Debounce();
  readonly #changed = new vscode.EventEmitter<CompletionActivity>();
  #waiting = 0;
  /** Number of the newest question of the editor. */
  #newest = 0;
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
    if (this.#obstacle === 'no-infill' && !explicit) {
      decide(this.#obstacle);
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
  }

  dispose(): void {
    this.#changed.dispose();
  }

  async #suggestionAt(place: CompletionPlace, token: vscode.CancellationToken, decide: Decide): Promise<string | undefined> {
    const number = ++this.#newest;
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
    // The engine ends one request for the next, so an old answer must not ask for more.
    if (answer?.outcome === 'suggested' && number === this.#newest) this.#lookAhead(place, answer.text);
    return answer?.text;
  }

  /** What would be suggested if this were accepted is asked for now: who presses Tab does not wait for it. */
  #lookAhead(place: CompletionPlace, text: string): void {
    const next = { ...place, before: place.before + text, explicit: false };
    if (text && !this.#known.get(next)) void this.#ask(next);
  }

  async #ask(place: CompletionPlace, token?: vscode.CancellationToken): Promise<CompletionResult | undefined> {
    const { engine, settings, log } = this.#sources;
    const asked = performance.now();
    const controller = new AbortController();
    const cancelled = token?.onCancellationRequested(() => controller.abort());
    if (token) this.#become(1);
    try {
      const answer = await engine.request('complete', { place, settings: settings() }, controller.signal);
      const { outcome } = answer;
      if (FINAL.has(outcome)) this.#known.set(place, answer);
      this.#obstacle = outcome === 'no-infill' || outcome === 'other-model' ? outcome : undefined;
      if (token && answer.stats) this.#answered(performance.now() - asked);
      return answer;
    } catch (error) {
      log.debug(`A completion failed: ${EndlessError.from(error).message}`);
      return undefined;
    } finally {
      cancelled?.dispose();
      if (token) this.#become(-1);
    }
  }

  #answered(ms: number): void {
    this.#debounce.answered(ms);
    this.#lastMs = ms;
  }

  #become(more: number): void {
    this.#waiting += more;
    this.#changed.fire({ isWorking: this.#waiting > 0, lastMs: this.#lastMs, obstacle: this.#obstacle });
  }
}

type Decide = (decision: Decision, stats?: CompletionResult['stats']) => void;

/** Asked again at the same place, the model would say the same. */
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
