import * as vscode from 'vscode';
import { SETTINGS_SECTION } from '../../shared/settings.ts';

/** Why there is no completion in a document, before anybody is asked for one. */
export type Refusal = 'paused' | 'no-model' | 'language' | 'excluded';

/** Documents with something to complete: not the log, not the past of a file, not a message to be committed. */
export const COMPLETED_DOCUMENTS: vscode.DocumentSelector = ['file', 'untitled', 'vscode-remote', 'vscode-notebook-cell'].map((scheme) => ({
  scheme,
}));

/** Which documents are completed, and which may be read at all. Asked at every key, so it remembers what settings say. */
export class CompletionRules implements vscode.Disposable {
  readonly #hasModel: () => boolean;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #watch: vscode.Disposable;
  readonly #enabled = new Map<string, boolean>();
  #excluded: readonly string[] | undefined;
  #paused = false;

  constructor(hasModel: () => boolean) {
    this.#hasModel = hasModel;
    this.#watch = vscode.workspace.onDidChangeConfiguration((change) => {
      if (!change.affectsConfiguration(SETTINGS_SECTION)) return;
      this.#enabled.clear();
      this.#excluded = undefined;
      this.#changed.fire();
    });
  }

  get onDidChange(): vscode.Event<void> {
    return this.#changed.event;
  }

  /** Until VS Code is closed, or it is taken back. */
  get paused(): boolean {
    return this.#paused;
  }

  set paused(paused: boolean) {
    this.#paused = paused;
    this.#changed.fire();
  }

  refusal(document: vscode.TextDocument): Refusal | undefined {
    if (this.#paused) return 'paused';
    if (!this.#hasModel()) return 'no-model';
    if (!this.isEnabled(document)) return 'language';
    return this.mayRead(document) ? undefined : 'excluded';
  }

  /** Whether completions are on for the document's language. */
  isEnabled({ languageId }: Pick<vscode.TextDocument, 'languageId'>): boolean {
    const known = this.#enabled.get(languageId);
    if (known !== undefined) return known;
    const enabled = vscode.workspace.getConfiguration(SETTINGS_SECTION, { languageId }).get('completions.enabled', true);
    this.#enabled.set(languageId, enabled);
    return enabled;
  }

  /** Whether the document's text may be shown to a model that nobody has asked for anything: secrets may not. */
  mayRead(document: vscode.TextDocument): boolean {
    this.#excluded ??= vscode.workspace.getConfiguration(SETTINGS_SECTION).get<readonly string[]>('completions.exclude', []);
    return !this.#excluded.some((pattern) => vscode.languages.match({ pattern }, document) > 0);
  }

  dispose(): void {
    this.#watch.dispose();
    this.#changed.dispose();
  }
}
