import * as vscode from 'vscode';
import type { Configuration } from '../configuration.ts';

/** Why there is no completion in a document, before anybody is asked for one. */
export type Refusal = 'no-code' | 'paused' | 'no-model' | 'language' | 'excluded';

/** Documents with something to complete: not the log, not the past of a file, not a message to be committed. */
export const COMPLETED_DOCUMENTS: vscode.DocumentSelector = ['file', 'untitled', 'vscode-remote', 'vscode-notebook-cell'].map((scheme) => ({
  scheme,
}));

/** Which documents are completed, and which may be read at all. */
export class CompletionRules implements vscode.Disposable {
  readonly #configuration: Configuration;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #readingChanged = new vscode.EventEmitter<void>();
  readonly #watch: vscode.Disposable;
  #paused = false;

  constructor(configuration: Configuration) {
    this.#configuration = configuration;
    this.#watch = configuration.onDidChangeCompletions(() => {
      this.#readingChanged.fire();
      this.#changed.fire();
    });
  }

  get onDidChange(): vscode.Event<void> {
    return this.#changed.event;
  }

  /** What may be read may be another thing now. */
  get onDidChangeReading(): vscode.Event<void> {
    return this.#readingChanged.event;
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
    if (!isCode(document)) return 'no-code';
    if (this.#paused) return 'paused';
    if (this.#configuration.completionSettings.modelPath === '') return 'no-model';
    if (!this.isEnabled(document)) return 'language';
    return this.mayRead(document.uri) ? undefined : 'excluded';
  }

  /** Whether completions are on for the document's language. */
  isEnabled({ languageId }: Pick<vscode.TextDocument, 'languageId'>): boolean {
    return this.#configuration.completionsEnabled(languageId);
  }

  /** Whether a file may be shown to a model that nobody has asked for anything: secrets may not. It need not be open. */
  mayRead(uri: vscode.Uri): boolean {
    const file = addressed(uri);
    return isCode(file) && !this.#configuration.completionExclusions.some((pattern) => vscode.languages.match({ pattern }, file) > 0);
  }

  dispose(): void {
    this.#watch.dispose();
    this.#changed.dispose();
    this.#readingChanged.dispose();
  }
}

function isCode(document: vscode.TextDocument): boolean {
  return vscode.languages.match(COMPLETED_DOCUMENTS, document) > 0;
}

/** A document as far as patterns and schemes look at it, so that nothing has to be opened to be refused. */
function addressed(uri: vscode.Uri): vscode.TextDocument {
  return { uri, languageId: '' } as vscode.TextDocument;
}
